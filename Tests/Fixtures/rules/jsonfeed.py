"""Checks a JSON Feed on standard input against https://www.jsonfeed.org/version/1.1/. Prints what is wrong; exit 1 if
anything is."""
import json, re, sys

DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
ITEM = {"id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str,
        "summary": str, "image": str, "banner_image": str, "date_published": str, "date_modified": str,
        "authors": list, "tags": list, "language": str, "attachments": list}
FEED = {"version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "user_comment": str,
        "next_url": str, "icon": str, "favicon": str, "authors": list, "language": str, "expired": bool, "hubs": list,
        "items": list}
wrong = []


def members(where, value, known):
    for key, member in value.items():
        if key.startswith("_"):
            if not isinstance(member, dict): wrong.append(f"{where}: the extension {key} is no object")
            if "." in key: wrong.append(f"{where}: a dot in {key}")
        elif key not in known:
            wrong.append(f"{where}: {key} is not of JSON Feed")
        elif not isinstance(member, known[key]):
            wrong.append(f"{where}: {key} is a {type(member).__name__}")


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)): wrong.append(f"a key twice: {keys}")
    return dict(pairs)


feed = json.load(sys.stdin, object_pairs_hook=unique)
members("feed", feed, FEED)
if feed.get("version") != "https://jsonfeed.org/version/1.1": wrong.append("version")
for key in ("title", "items"):
    if key not in feed: wrong.append(f"no {key}")
for number, item in enumerate(feed.get("items", []), 1):
    where = f"item {number}"
    members(where, item, ITEM)
    if not item.get("id"): wrong.append(f"{where}: no id")
    if "content_html" not in item and "content_text" not in item: wrong.append(f"{where}: no content")
    for key in ("date_published", "date_modified"):
        if key in item and not DATE.match(item[key]): wrong.append(f"{where}: {key} is {item[key]!r}")
    for author in item.get("authors", []):
        members(where, author, {"name": str, "url": str, "avatar": str})
        if not author: wrong.append(f"{where}: an empty author")
    if not all(isinstance(tag, str) for tag in item.get("tags", [])): wrong.append(f"{where}: a tag that is no text")
    for attachment in item.get("attachments", []):
        members(where, attachment, {"url": str, "mime_type": str, "title": str, "size_in_bytes": (int, float),
                                    "duration_in_seconds": (int, float)})
        if "url" not in attachment or "mime_type" not in attachment: wrong.append(f"{where}: url, mime_type")
print("\n".join(wrong))
sys.exit(bool(wrong))
