"""The field's reference data: levels, techniques, grades, motions, measures, screening, codes. Typed and read-only.

`load_reference()` reads `resources/clinical`, checks all of it and returns a `Reference`; the caller keeps it.
"""

from ptnotes.clinical.anatomy import Region, Side, Target
from ptnotes.clinical.clinic_value import ClinicValue
from ptnotes.clinical.find import fold, loosen
from ptnotes.clinical.important_change import ImportantChange
from ptnotes.clinical.intervention import Area, Exercise, Intervention, Modifier, UnitExample
from ptnotes.clinical.load import load_reference, read_documents
from ptnotes.clinical.measure import BodyChartSymbol, ChangeRow, OutcomeMeasure
from ptnotes.clinical.motion import MdcRow, Method, Motion, RomWord, TestPosition
from ptnotes.clinical.reference import Reference
from ptnotes.clinical.rows import ReferenceDataError, SourceStatus
from ptnotes.clinical.screening import Action, Condition, ConditionCode, ScreeningInterval, ScreeningItem
from ptnotes.clinical.technique import (
    Direction,
    DosageField,
    Grade,
    Movement,
    PatientPosition,
    Response,
    Technique,
)

__all__ = [
    "Action",
    "Area",
    "BodyChartSymbol",
    "ChangeRow",
    "ClinicValue",
    "Condition",
    "ConditionCode",
    "Direction",
    "DosageField",
    "Exercise",
    "Grade",
    "ImportantChange",
    "Intervention",
    "MdcRow",
    "Method",
    "Modifier",
    "Motion",
    "Movement",
    "OutcomeMeasure",
    "PatientPosition",
    "Reference",
    "ReferenceDataError",
    "Region",
    "Response",
    "RomWord",
    "ScreeningInterval",
    "ScreeningItem",
    "Side",
    "SourceStatus",
    "Target",
    "Technique",
    "TestPosition",
    "UnitExample",
    "fold",
    "load_reference",
    "loosen",
    "read_documents",
]
