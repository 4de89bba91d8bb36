"""The mailbox of the local stack: every mail as a phone shows it and as plain text.

It also shows what Chatwork's rooms say.
"""

from email.message import EmailMessage
from html import escape

from dev import cloud

_STYLE = """
body{font:16px/1.6 sans-serif;margin:0;background:#e6e9ec;color:#222}
main{max-width:1000px;margin:0 auto;padding:16px}
a{color:#0b5f8f}ul{padding:0}small{color:#555}
li{background:#fff;margin:6px 0;padding:8px 12px;border-radius:6px;list-style:none}
.both{display:flex;flex-wrap:wrap;gap:16px}
iframe{width:390px;height:780px;border:8px solid #222;border-radius:24px;background:#fff}
pre{background:#fff;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;
width:390px;margin:0;font:15px/1.6 monospace}
"""


def listing() -> str:
    """All mails, newest first."""
    rows = [_row(place, mail) for place, mail in enumerate(cloud.mails())]
    rows.reverse()
    items = "".join(rows) or "<li>Nothing yet.</li>"
    return _page("Mails", f"<h1>{len(rows)} mails</h1><ul>{items}</ul>")


def _row(place: int, mail: EmailMessage) -> str:
    subject = f'<a href="/_dev/mails/{place}">{escape(str(mail["subject"]))}</a>'
    return f"<li>{subject}<br><small>{escape(str(mail['to']))}</small></li>"


def one(place: int) -> str | None:
    """The page of one mail by its place among all, or None."""
    mails = cloud.mails()
    if not 0 <= place < len(mails):
        return None
    mail = mails[place]
    heads = "<br>".join(
        f"{name}: {escape(str(mail[name]))}" for name in ("From", "To", "Reply-To", "Subject")
    )
    text = escape(_part(mail, "plain"))
    phone = f'<iframe title="as a phone shows it" src="/_dev/mails/{place}/html"></iframe>'
    both = f'<div class="both">{phone}<pre>{_linked(text)}</pre></div>'
    return _page(mail["subject"], f'<p><a href="/_dev/mails">All mails</a></p><p>{heads}</p>{both}')


def html_of(place: int) -> str | None:
    """The HTML part of a mail with links that leave its frame, or None."""
    mails = cloud.mails()
    if not 0 <= place < len(mails):
        return None
    part = _part(mails[place], "html")
    return part.replace("<head>", '<head><base target="_top">') or None


def rooms() -> str:
    """What was posted to Chatwork since the stack was started, room by room.

    The notation is as it was sent.
    """
    posted = cloud.chatwork.posted() if cloud.chatwork else {}
    body = "".join(_room(room, texts) for room, texts in posted.items())
    return _page("Chatwork", f"<h1>Chatwork</h1>{body or '<p>Nothing yet.</p>'}")


def _room(room: str, texts: list[str]) -> str:
    messages = "".join(f"<pre>{escape(text)}</pre>" for text in texts)
    return f"<h2>#!rid{room}</h2>{messages}"


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return body.get_content() if body else ""


def _linked(text: str) -> str:
    return "\n".join(_linked_line(line) for line in text.split("\n"))


def _linked_line(line: str) -> str:
    return f'<a href="{line}">{line}</a>' if line.startswith("http") else line


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ja"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main></html>"
    )
