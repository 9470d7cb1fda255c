"""Runs the scripts of Automation documents with boto3, in a time that its parent keeps.

A line of JSON on standard input asks for a run; lines of JSON on standard output ask the parent for the time, or to let
some pass, and in the end tell what the script returned or raised.

Scripts get modules `time` and `datetime` of their own, whose clocks are the parent's, by the `__import__` among their
builtins. All other code, above all the signing in botocore, keeps the real ones. Only botocore's pauses (between its
attempts, and in waiters) pass in virtual time as well.
"""

import builtins
import datetime
import json
import os
import sys
import threading
import time
import types


class Parent:
    """The other end of the pipes. Scripts that print, or read, do not get in between."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inbound = os.fdopen(os.dup(0), encoding="utf-8")
        self.outbound = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        sys.stdin = open(os.devnull, encoding="utf-8")

    def receive(self):
        line = self.inbound.readline()
        return json.loads(line) if line else None

    def send(self, message):
        self.outbound.write(json.dumps(message) + "\n")
        self.outbound.flush()

    def now(self, slept=0):
        """The virtual time in seconds, after some more have passed."""
        with self.lock:
            self.send({"sleep": slept})
            return self.receive()["now"]


def virtual_time(parent):
    module = types.ModuleType("time", time.__doc__)
    module.__dict__.update({name: value for name, value in vars(time).items() if not name.startswith("__")})

    def sleep(seconds, /):
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        parent.now(float(seconds))

    def local(seconds=None, /):
        return time.localtime(parent.now() if seconds is None else seconds)

    def nanoseconds():
        return round(parent.now() * 1_000_000_000)

    module.sleep = sleep
    module.time = module.monotonic = module.perf_counter = lambda: parent.now()
    module.time_ns = module.monotonic_ns = module.perf_counter_ns = nanoseconds
    module.localtime = local
    module.gmtime = lambda seconds=None, /: time.gmtime(parent.now() if seconds is None else seconds)
    module.ctime = lambda seconds=None, /: time.ctime(parent.now() if seconds is None else seconds)
    module.asctime = lambda parts=None, /: time.asctime(parts or local())
    module.strftime = lambda form, parts=None, /: time.strftime(form, parts or local())
    return module


def virtual_datetime(parent):
    """What boto3 answers with are instants of the real class: they count as instances of the virtual one."""

    class Also(type):
        def __instancecheck__(cls, instance):
            return isinstance(instance, cls.__base__)

    class Date(datetime.date, metaclass=Also):
        @classmethod
        def today(cls):
            return datetime.date.fromtimestamp(parent.now())

    class Datetime(datetime.datetime, metaclass=Also):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.fromtimestamp(parent.now(), tz)

        @classmethod
        def today(cls):
            return cls.now()

        @classmethod
        def utcnow(cls):
            return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    module = types.ModuleType("datetime", datetime.__doc__)
    module.__dict__.update({name: value for name, value in vars(datetime).items() if not name.startswith("__")})
    module.date, module.datetime = Date, Datetime
    return module


def pause_virtually(clock):
    import botocore.endpoint
    import botocore.retries.bucket
    import botocore.retries.standard
    import botocore.waiter

    for module in (botocore.endpoint, botocore.retries.bucket, botocore.waiter):
        module.time = clock
    initialise = botocore.retries.standard.RetryHandler.__init__
    initialise.__defaults__ = tuple(
        clock.sleep if default is time.sleep else default for default in initialise.__defaults__
    )


def importer(modules):
    def find(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name in modules:
            return modules[name]
        return builtins.__import__(name, globals, locals, fromlist, level)

    return find


def run(script, modules):
    """What the handler returns, as JSON gives it back. The script sees nothing of those before it."""
    module = types.ModuleType("customer_script")
    module.__builtins__ = {**vars(builtins), "__import__": importer(modules)}
    sys.modules[module.__name__] = module
    exec(compile(script["text"], "customer_script.py", "exec"), vars(module))
    returned = getattr(module, script["handler"])(script["payload"], {})
    return json.loads(json.dumps(returned, allow_nan=False))


def answer(script, modules):
    try:
        return {"payload": run(script, modules)}
    except BaseException as error:  # A script may as well call exit().
        text = str(error)
        name = type(error).__name__
        return {"error": f"{name}: {text}" if text else name}


def main():
    parent = Parent()
    try:
        import boto3
    except ImportError as error:
        parent.send({"missing": str(error)})
        return
    modules = {"time": virtual_time(parent), "datetime": virtual_datetime(parent)}
    pause_virtually(modules["time"])
    environment = dict(os.environ)
    parent.send({"version": list(sys.version_info[:2])})
    while (script := parent.receive()) is not None:
        os.environ.clear()
        os.environ.update(environment)
        boto3.DEFAULT_SESSION = None
        parent.send(answer(script, modules))


main()
