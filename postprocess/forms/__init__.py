"""Form kinds as data: one TOML file for each, what a form says; how it is found is code elsewhere.

`postprocess/forms/*.toml` are the forms that come with samnao. A file is checked whole when it is loaded: an
unknown key, an unknown kind or a vocabulary that is not there is a `FormError` with the file and the key.
"""

from postprocess.forms.load import FormError, form_from_text, load_form, load_forms
from postprocess.forms.model import Form, Section
from postprocess.forms.shapes import (
    Body,
    Boxes,
    Cell,
    Column,
    Entries,
    Group,
    Leaf,
    Parts,
    Signature,
    Split,
    Table,
    Value,
)

__all__ = [
    "Body",
    "Boxes",
    "Cell",
    "Column",
    "Entries",
    "Form",
    "FormError",
    "Group",
    "Leaf",
    "Parts",
    "Section",
    "Signature",
    "Split",
    "Table",
    "Value",
    "form_from_text",
    "load_form",
    "load_forms",
]
