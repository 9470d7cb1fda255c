"""Holds commands of the AWS command line against the command line itself and its models, without a call to AWS.

Reads commands as arrays of words, and the contents of files by path, from standard input, and writes the problems of each as JSON.
A file that nothing is said of holds an empty object.
"""

import contextlib
import io
import json
import os
import sys
import tempfile

from awscli.clidriver import create_clidriver
from awscli.customizations.commands import BasicCommand

from aws_query import problem_with
from validate_requests import patterns

SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
}


class Answer:
    status_code = 200
    raw = None


class Call:
    """The one request that a command makes; its answer is empty."""

    def __init__(self, session):
        self.model = None
        self.problems = []
        session.register("before-parameter-build", self.look)
        session.register("before-call", self.answer)

    def look(self, params, model, **_):
        self.model = model
        if model.input_shape is not None:
            self.problems += patterns(model.input_shape, params, "")

    def answer(self, **_):
        return Answer(), {}


def every_subclass(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from every_subclass(sub)


def stop_at_the_door():
    """Commands that are no plain call, such as s3 cp, read their words and go no further."""
    ran = []
    for command in every_subclass(BasicCommand):
        if "_run_main" in vars(command) and not getattr(command, "SUBCOMMANDS", None):
            command._run_main = lambda self, *_: ran.append(self.NAME) or 0
    return ran


def files_of(words):
    for word in words:
        for part in word.split("="):
            for scheme in ("file://", "fileb://"):
                if part.startswith(scheme):
                    yield part[len(scheme) :]


def run(words):
    driver = create_clidriver()
    call = Call(driver.session)
    ran = stop_at_the_door()
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            status = driver.main(words)
        except SystemExit as error:
            status = error.code
    if status != 0:
        return [said.getvalue().strip()[-400:] or f"exit code {status}"]
    if call.model is None:
        return [] if ran else ["it asks AWS nothing"]
    query = words[words.index("--query") + 1] if "--query" in words else None
    wrong = query and problem_with(query, call.model.output_shape)
    return call.problems + ([wrong] if wrong else [])


def check(words, contents):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for path in files_of(words):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(contents.get(path, "{}"))
        try:
            return run(words)
        finally:
            os.chdir("/")


def main():
    os.environ.update(SURROUNDINGS)
    given = json.load(sys.stdin)
    json.dump([check(words, given["files"]) for words in given["commands"]], sys.stdout)


main()
