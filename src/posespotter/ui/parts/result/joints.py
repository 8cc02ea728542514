"""The joints of a run as a table, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from posespotter.arrays import Int32
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import read_parquet

ROWS_A_PAGE = 200  # lines of the table that the browser gets at a time
_EVERY = "All"


@st.cache_resource(max_entries=2, show_spinner=False)
def poses_of(file: Path) -> PoseSequence:
    """The poses of a run's file, which never changes; kept in memory for two runs."""
    return read_parquet(file)


@dataclass(frozen=True)
class JointTable:
    """The selection of rows and joints of a sequence that is shown.

    Attributes:
        poses: all of them.
        rows: (R,) the rows shown.
        joints: (J,) the keypoints shown.
    """

    poses: PoseSequence
    rows: Int32
    joints: Int32

    def __len__(self) -> int:
        """Lines of the table: a joint of a person in a frame each."""
        return len(self.rows) * len(self.joints)

    def page(self, number: int) -> Mapping[str, Any]:
        """Columns of the lines of one page, from 0."""
        lines = np.arange(number * ROWS_A_PAGE, min((number + 1) * ROWS_A_PAGE, len(self)))
        row, joint = self.rows[lines // len(self.joints)], self.joints[lines % len(self.joints)]
        poses = self.poses
        names = np.array([name.replace("_", " ") for name in poses.skeleton.keypoints])
        columns: dict[str, Any] = {
            "Frame": poses.frame[row],
            "Time (s)": poses.time_s[row].round(3),
            "Person": poses.track_id[row],
            "Joint": names[joint],
            "x (px)": poses.keypoints[row, joint, 0].round(1),
            "y (px)": poses.keypoints[row, joint, 1].round(1),
            "Score": poses.scores[row, joint].round(3),
        }
        if poses.world is not None:
            for axis, name in enumerate("XYZ"):
                columns[f"{name} (m)"] = poses.world[row, joint, axis].round(3)
        return columns


def select(poses: PoseSequence, person: int | None, joint: str | None) -> JointTable:
    """The table of one person or all, and of one joint or all."""
    rows = np.arange(len(poses)) if person is None else np.flatnonzero(poses.track_id == person)
    joints = np.arange(len(poses.skeleton)) if joint is None else np.array([poses.skeleton.index(joint)])
    return JointTable(poses, rows.astype(np.int32), joints.astype(np.int32))


@st.fragment
def joint_table(file: Path, *, key: str) -> None:
    """Choose a person and a joint, and leaf through the table."""
    poses = poses_of(file)
    if not len(poses):
        st.info("Nobody was found, so there are no joints.", icon=":material/person_off:")
        return
    one, two, three = st.columns([1, 1, 1], vertical_alignment="bottom")
    person = one.selectbox("Person", [_EVERY, *poses.track_ids], key=f"{key}-person", format_func=_person_words)
    joint = two.selectbox("Joint", [_EVERY, *poses.skeleton.keypoints], key=f"{key}-joint", format_func=_joint_words)
    table = select(poses, person if isinstance(person, int) else None, None if joint == _EVERY else joint)
    pages = max(1, ceil(len(table) / ROWS_A_PAGE))
    page = three.number_input(f"Page (1 to {pages:,})", 1, pages, 1, key=f"{key}-page-{person}-{joint}")
    st.dataframe(
        table.page(int(page) - 1), hide_index=True, height=380, key=f"{key}-table", column_config=_column_formats()
    )
    st.caption(f"{len(table):,} lines, {ROWS_A_PAGE} on a page. The downloads hold all of them.")


def _column_formats() -> dict[str, Any]:
    decimals = {"Time (s)": 2, "x (px)": 1, "y (px)": 1, "Score": 2, "X (m)": 3, "Y (m)": 3, "Z (m)": 3}
    return {name: st.column_config.NumberColumn(format=f"%.{places}f") for name, places in decimals.items()}


def _person_words(person: int | str) -> str:
    return "All people" if person == _EVERY else f"Person {person}"


def _joint_words(joint: str) -> str:
    return "All joints" if joint == _EVERY else joint.replace("_", " ").capitalize()
