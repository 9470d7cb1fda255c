"""Follows a JMESPath expression through the shape of an answer, and tells each field that the answer does not have."""

import jmespath.parser


class Unknown(Exception):
    """A field that is not in the answer, or a step that its type does not allow."""


def follow(node, shape):
    """The shape of what an expression gives, or None where it is a text, a number or made here."""
    kind = node["type"]
    children = node["children"]
    if kind in STEPS:
        return STEPS[kind](node, shape)
    if kind in ("subexpression", "index_expression", "pipe"):
        for child in children:
            shape = follow(child, shape)
        return shape
    if kind in ("projection", "value_projection"):
        inner = follow(children[0], shape)
        return as_list(follow(children[1], member_of(inner)))
    if kind == "filter_projection":
        inner = member_of(follow(children[0], shape))
        follow(children[2], inner)
        return as_list(follow(children[1], inner))
    shapes = [follow(child, shape) for child in children]
    return shapes[0] if kind == "or_expression" else None


class Entries:
    """The shape of a list that an expression makes."""

    type_name = "list"

    def __init__(self, member):
        self.member = member


def as_list(member):
    return None if member is None else Entries(member)


def member_of(shape):
    if shape is None:
        return None
    if shape.type_name == "map":
        return shape.value
    if shape.type_name != "list":
        raise Unknown(f"a {shape.type_name} is no list")
    return shape.member


def field(node, shape):
    name = node["value"]
    if shape is None:
        raise Unknown(f"{name} is asked of what has no fields")
    if shape.type_name == "map":
        return shape.value
    if shape.type_name != "structure":
        raise Unknown(f"{name} is asked of a {shape.type_name}")
    if name not in shape.members:
        raise Unknown(f"there is no {name}; there are {', '.join(shape.members)}")
    return shape.members[name]


def flatten(node, shape):
    inner = follow(node["children"][0], shape)
    member = member_of(inner)
    return member if member is not None and member.type_name == "list" else inner


def slice_of(node, shape):
    member_of(shape)
    return shape


def function(node, shape):
    """Functions that sort or choose keep the type of their list; what others give is made by them."""
    name, [first, *others] = node["value"], node["children"]
    given = follow(first, shape)
    for other in others:
        follow(other["children"][0], member_of(given)) if other["type"] == "expref" else follow(other, shape)
    if name in ("max_by", "min_by"):
        return member_of(given)
    return given if name in ("sort_by", "reverse", "sort") else None


STEPS = {
    "function_expression": function,
    "field": field,
    "flatten": flatten,
    "index": lambda node, shape: member_of(shape),
    "slice": slice_of,
    "identity": lambda node, shape: shape,
    "current": lambda node, shape: shape,
    "literal": lambda node, shape: None,
}


def problem_with(query, shape):
    """What is wrong with a query, or None."""
    try:
        follow(jmespath.parser.Parser().parse(query).parsed, shape)
    except (Unknown, jmespath.exceptions.JMESPathError) as error:
        return f"--query {query}: {error}"
    return None
