"""In which line of a policy's file a finding stands."""

import yaml

from consent.policies import source
from consent.policies.findings import Finding


class Places:
    """Of one file, as it was read."""

    def __init__(self, content: bytes) -> None:
        self._root = source.tree(content)

    def line(self, finding: Finding) -> int | None:
        """From 1; of the nearest thing around it that is there. None: it is about the whole file."""
        said = finding.parts.get("line")  # where a document cannot be read, its reader says where
        if isinstance(said, int):
            return said
        if self._root is None or not finding.path:
            return None
        node, line = self._root, self._root.start_mark.line
        for step in finding.path.split("."):
            found = _member(node, step)
            if found is None:
                break
            node, line = found
        return line + 1


def _member(node: yaml.Node, step: str) -> tuple[yaml.Node, int] | None:
    """What a key stands for, with the key's line; or a member of a list, by its number or its id."""
    if isinstance(node, yaml.MappingNode):
        # Languages are kept in lower case, however they are written.
        found = ((value, key.start_mark.line) for key, value in node.value if str(key.value).lower() == step.lower())
        return next(found, None)
    if isinstance(node, yaml.SequenceNode):
        found = ((each, each.start_mark.line) for at, each in enumerate(node.value) if step in (str(at), _id(each)))
        return next(found, None)
    return None


def _id(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    name = _member(node, "id") if isinstance(node, yaml.MappingNode) else None
    return str(name[0].value) if name else None
