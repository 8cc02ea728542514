"""The everyday tests of movement as data files: chair stand, timed up and go, gait, range of motion, screens."""

from posespotter.assessments.assess import assess
from posespotter.assessments.assessment_file import AssessmentDefinition, assessment_names, load_assessment
from posespotter.assessments.result import Assessment, Event, Finding, Item, Measurement

__all__ = ["Assessment", "AssessmentDefinition", "Event", "Finding", "Item", "Measurement", "assess"]
__all__ += ["assessment_names", "load_assessment"]
