"""size.py PACKAGE...: bytes of those of these packages that are installed and of all that they require, Python itself left
out; then the same without packages and libraries for graphics cards alone."""
import importlib.metadata
import re
import sys

try:
    from packaging.requirements import Requirement
except ImportError:
    from pip._vendor.packaging.requirements import Requirement

PACKAGE_FOR_CARDS = re.compile(r"nvidia|cuda|triton")
LIBRARY_FOR_CARDS = re.compile(r"(cuda|nvshmem|nvrtc)[^/]*\.so")


def required(names):
    """The installed distributions by name."""
    found, seen = {}, set()
    left = [(name, "") for name in names]
    while left:
        name, extra = left.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[distribution.name] = distribution
        for requirement in map(Requirement, distribution.requires or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                left += [(requirement.name, wanted) for wanted in ["", *requirement.extras]]
    return found


everything = without_cards = 0
for package, distribution in required(sys.argv[1:]).items():
    for file in distribution.files or []:
        path = file.locate()
        size = path.stat().st_size if path.exists() else 0
        everything += size
        if not PACKAGE_FOR_CARDS.match(package) and not LIBRARY_FOR_CARDS.search(file.name):
            without_cards += size
print(everything, without_cards)
