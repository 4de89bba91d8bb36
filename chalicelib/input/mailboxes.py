"""One mailbox, however its address is spelled: what the limits of a recipient count by."""

# Providers that read every address as if it had no dots.
_DOTLESS = {"gmail.com"}
# Domains of one provider that lead to the same mailbox.
_TWINS = {"googlemail.com": "gmail.com", "me.com": "icloud.com", "mac.com": "icloud.com"}


def mailbox_of(address: str) -> str:
    """The mailbox of an address in one spelling, for counting alone: no mail goes to it.

    What stands behind a + is the owner's own tag at most providers. Where it is not, two people
    share a limit, and nobody has more than one.
    """
    local, _, domain = address.lower().rpartition("@")
    domain = _TWINS.get(domain, domain)
    name = local.partition("+")[0] or local
    if domain in _DOTLESS:
        name = name.replace(".", "")
    return f"{name}@{domain}"
