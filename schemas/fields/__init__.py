"""The one dictionary of columns: type, meaning, unit and code list of each.

Tables pick from here, so a column means the same wherever it stands. Terms follow SDMX
(CL_SEX, CL_FREQ, CL_OBS_STATUS) and the UN Recommendations on statistics of international
migration.
"""

from schemas.fields.figures import *
from schemas.fields.findings import *
from schemas.fields.vocabularies import *
