"""The words on screen by way of gettext: English stands in the code, other languages in catalogues.

Every text a person reads is written `_("…")` where it is used, its values filled in afterwards by
`format`, so that `pybabel extract` finds it whole.
"""

import gettext

_translations = gettext.NullTranslations()

_ = _translations.gettext
ngettext = _translations.ngettext
