"""What servers do to a feed reader, each with what newswire has to make of it: transfers.py and answers.py.

A behaviour is a function of an exchange (wire.py), under the first word of the path that it answers. What newswire has to
say of it stands before it: how many articles are new, and the class of the error where it fails.
"""
import dataclasses, email.utils
from typing import Callable

ITEMS = 3


@dataclasses.dataclass
class Case:
    name: str
    new: int
    error: str
    again: str                      # the outcome of a second poll right after; "": none is made
    options: str                    # lines of the feed's table
    never_ends: bool
    may_ask_again: bool             # a request without any answer may have met a connection that was dead already


CASES, BEHAVIOURS = [], {}


def case(name, new=None, error="", *, again="", options="", never_ends=False, may_ask_again=False):
    """The behaviour below is a case: `new` articles, all of a small feed unless it fails."""
    def register(behave: Callable):
        BEHAVIOURS[name] = behave
        articles = (0 if error else ITEMS) if new is None else new
        CASES.append(Case(name, articles, error, again, options, never_ends, may_ask_again))
        return behave
    return register


def step(behave):
    """Where a case leads, but no case: under the function's name."""
    BEHAVIOURS[behave.__name__.replace("_", "-")] = behave
    return behave


def rss(path, items=ITEMS, title="A feed", head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    body = "".join(
        f'<item><guid isPermaLink="false">{path}#{n}</guid><link>https://example.invalid{path}/{n}</link>'
        f"<title>Item {n} of {path}</title><pubDate>{email.utils.formatdate(1.7e9 + n * 3600)}</pubDate>"
        f"<description>Text of item {n}</description></item>\n" for n in range(items, 0, -1))
    return (f'{head}<rss version="2.0"><channel><title>{title}</title><link>https://example.invalid/</link>'
            f"<description>{path}</description>\n{body}</channel></rss>\n").encode()


def feed(x):
    return rss(x.request.path)


def redirect(x, to, status=302, headers=()):
    x.answer(status=status, type="text/plain", headers=[("Location", to), *headers])
