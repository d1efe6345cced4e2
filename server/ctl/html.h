/* What pages of HTML have in common. */
#ifndef VARDE_CTL_HTML_H
#define VARDE_CTL_HTML_H

#include "base/buf.h"

/* Text and attribute values: "&", "<", ">" and quotes as entities, controls as spaces. */
void html_text(struct buf *out, const char *text);

#endif
