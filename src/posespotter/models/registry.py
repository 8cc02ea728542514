"""The families of models, by what they are called in zoo.toml and what they do."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, Protocol, Self

from posespotter.errors import ModelError
from posespotter.models.families.blazepose import BlazePose
from posespotter.models.families.movenet import MoveNet, MultiPose
from posespotter.models.families.rtmdet import RTMDet
from posespotter.models.families.rtmo import RTMO
from posespotter.models.families.rtmpose import RTMPose
from posespotter.models.families.yolox import YOLOX
from posespotter.models.interfaces import Model
from posespotter.models.probe import described
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry, Task


class Family(Model, Protocol):
    """A class of models that share their pre- and post-processing.

    Attributes:
        expected: what a file of this family looks like, for a message.
    """

    expected: ClassVar[str]

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        ...

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file, by its inputs and outputs; None where it is of another kind."""
        ...


FAMILIES: Mapping[tuple[str, Task], type[Family]] = MappingProxyType({
    ("movenet", "pose"): MoveNet,
    ("movenet", "one-stage"): MultiPose,
    ("blazepose", "pose"): BlazePose,
    ("yolox", "detector"): YOLOX,  # before RTMDet, whose files differ only in their names
    ("rtmdet", "detector"): RTMDet,
    ("rtmpose", "pose"): RTMPose,
    ("rtmo", "one-stage"): RTMO,
})  # fmt: skip
"""A new family is a module of its own and a line here."""


def recognise(session: Session, tasks: tuple[Task, ...]) -> Family:
    """The model in a user's file, of a family that does one of `tasks`.

    Raises:
        ModelError: no family knows it; the message says what was expected.
    """
    candidates = list(_families(tasks))
    for family in candidates:
        model = family.recognise(session)
        if model is not None:
            return model
    expected = "; or ".join(family.expected for family in candidates)
    raise ModelError(f"{session.path.name}: expected {expected}; got {described(session)}.")


def _families(tasks: tuple[Task, ...]) -> Iterator[type[Family]]:
    return (family for (_, task), family in FAMILIES.items() if task in tasks)
