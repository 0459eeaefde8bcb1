"""Checks an Atom document on standard input against the rules of RFC 4287 that the W3C's feed validator reports as
errors, and those of its warnings that name a mistake. Prints what is wrong; exit 1 if anything is."""
import re, sys
import xml.etree.ElementTree as ElementTree

A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
IRI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*$")
MEDIA = re.compile(r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?$")
TEXTS = {"title", "summary", "content", "rights", "subtitle"}
wrong = []


def say(where, what):
    wrong.append(f"{where}: {what}")


def iri(where, text):
    if not text or not IRI.match(text) or re.search(r"%(?![0-9A-Fa-f]{2})", text) or text.count("#") > 1:
        say(where, f"no IRI: {text!r}")


def date(where, element):
    if not DATE.match(element.text or ""):
        say(where, f"no RFC 3339 date: {element.text!r}")


def person(where, element):
    names = element.findall(A + "name")
    if len(names) != 1 or not (names[0].text or "").strip():
        say(where, "a person needs one name")
    for uri in element.findall(A + "uri"):
        iri(where, uri.text)
    for email in element.findall(A + "email"):
        if not re.match(r"^[^@\s]+@[^@\s]+$", email.text or ""):
            say(where, f"no email address: {email.text!r}")


def text(where, element):
    kind = element.get("type", "text")
    if kind not in ("text", "html"):
        say(where, f"type {kind!r}")
    if len(element):
        say(where, "child elements in text")


def link(where, element):
    iri(where, element.get("href"))
    if element.get("type") and not MEDIA.match(element.get("type")):
        say(where, f"no media type: {element.get('type')!r}")
    if element.get("length") and not element.get("length").isdigit():
        say(where, f"length {element.get('length')!r}")
    if element.get("rel") == "":
        say(where, "empty rel")


def metadata(where, element, allowed, once, needed):
    names = [child.tag for child in element]
    for child in element:
        name = child.tag.removeprefix(A)
        here = f"{where}/{name}"
        if not child.tag.startswith(A) or name not in allowed:
            say(here, "not allowed here")
        if name in TEXTS: text(here, child)
        if name in ("author", "contributor"): person(here, child)
        if name in ("updated", "published"): date(here, child)
        if name == "link": link(here, child)
        if name == "id": iri(here, child.text)
        if name == "category" and not child.get("term"): say(here, "no term")
    for name in once:
        if names.count(A + name) > 1: say(where, f"more than one {name}")
    for name in needed:
        if A + name not in names: say(where, f"no {name}")
    alternates = [(l.get("type"), l.get("hreflang")) for l in element.findall(A + "link")
                  if l.get("rel", "alternate") == "alternate"]
    if len(alternates) != len(set(alternates)): say(where, "several alternate links of one type and language")
    return alternates


root = ElementTree.fromstring(sys.stdin.buffer.read())
if root.tag != A + "feed":
    sys.exit(f"the document is a {root.tag}")
common = {"author", "category", "contributor", "id", "link", "rights", "title", "updated"}
metadata("feed", root, common | {"generator", "icon", "logo", "subtitle", "entry"},
         ["generator", "icon", "id", "logo", "rights", "subtitle", "title", "updated"], ["id", "title", "updated"])
seen = set()
names = [child.tag for child in root]
if A + "entry" in names and any(name != A + "entry" for name in names[names.index(A + "entry"):]):
    say("feed", "something of the feed stands behind entries")
for number, entry in enumerate(root.findall(A + "entry"), 1):
    where = f"entry {number}"
    alternates = metadata(where, entry, common | {"content", "published", "source", "summary"},
                          ["content", "id", "published", "rights", "source", "summary", "title", "updated"],
                          ["id", "title", "updated"])
    if entry.find(A + "content") is None and not alternates: say(where, "neither content nor an alternate link")
    if entry.find(A + "author") is None and root.find(A + "author") is None: say(where, "no author")
    if not (entry.findtext(A + "title") or "").strip(): say(where, "the title is blank")
    if entry.get(LANG) is not None and not re.match(r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", entry.get(LANG)):
        say(where, f"no language: {entry.get(LANG)!r}")
    key = (entry.findtext(A + "id"), entry.findtext(A + "updated"))
    if key in seen: say(where, "the same id and the same date of change as another")
    seen.add(key)
    for source in entry.findall(A + "source"):
        metadata(f"{where}/source", source, common | {"generator", "icon", "logo", "subtitle"},
                 ["generator", "icon", "id", "logo", "rights", "subtitle", "title", "updated"],
                 ["id", "title", "updated"])
print("\n".join(wrong))
sys.exit(bool(wrong))
