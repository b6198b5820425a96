"""Where a sign-in comes from: the network that is counted, and words for the device."""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
_OTHER_SYSTEMS = (("Mac OS X", "macOS"), ("Linux", "Linux"))
_HALF = 32


@dataclass(frozen=True)
class Origin:
    """The client's address and what its browser calls itself."""

    client: str = ""
    user_agent: str = ""

    @property
    def network(self) -> str:
        """What the throttle counts: an IPv4 address, or the /64 that one IPv6 household is given."""
        try:
            address = ip_address(self.client)
        except ValueError:
            return self.client[:64]
        if isinstance(address, IPv6Address):
            return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
        return str(address)

    @property
    def device(self) -> str:
        """Browser and system in a few words, so that people recognise their own devices."""
        browser = _first(_BROWSERS, self.user_agent)
        if not browser and "Safari/" in self.user_agent:
            browser = "Safari"
        system = _first(_SYSTEMS + _OTHER_SYSTEMS, self.user_agent)
        return ", ".join(part for part in (browser, system) if part)


def network_key(origin: Origin, deed: str = "network") -> str:
    """What one network did, kind by kind; wrong passwords unless another kind is named."""
    return _key(deed, origin.network)


def address_key(email: str, origin: Origin) -> str:
    """One address tried from one network: a stranger elsewhere cannot use up its owner's tries."""
    return address_key_start(email) + _key("address", email, origin.network)[:_HALF]


def address_key_start(email: str) -> str:
    """What the keys of an address share whatever the network, so that all of them can be found."""
    return _key("address", email)[:_HALF]


def _key(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in words if mark in text), "")
