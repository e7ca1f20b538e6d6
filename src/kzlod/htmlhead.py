"""The head of a page of HTML that stands alone: an answer or a report as a file, with nothing to fetch."""

from __future__ import annotations

from html import escape

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: .3em .8em .3em 0; text-align: left; vertical-align: top; border-bottom: 1px solid #8884; }}
{rules}
</style>
</head>
<body>
"""


def head(title: str, *rules: str) -> str:
    """The page up to where its body begins: a title, and rules of style (CSS) besides those of tables.

    >>> print(head("Answer: < 3 rows", "main { overflow-x: auto; }"))  # doctest: +ELLIPSIS
    <!DOCTYPE html>
    ...
    <title>Answer: &lt; 3 rows</title>
    ...
    main { overflow-x: auto; }
    </style>
    </head>
    <body>
    <BLANKLINE>
    """
    return _HEAD.format(title=escape(title), rules="\n".join(rules))
