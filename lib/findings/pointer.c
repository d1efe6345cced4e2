#include "findings/pointer.h"

void finding_pointer_member(struct buf *pointer, const char *name)
{
	buf_addc(pointer, '/');
	for (; *name; name++) {
		if (*name == '~')
			buf_adds(pointer, "~0");
		else if (*name == '/')
			buf_adds(pointer, "~1");
		else
			buf_addc(pointer, *name);
	}
}

void finding_pointer_index(struct buf *pointer, size_t index)
{
	buf_addf(pointer, "/%zu", index);
}

void finding_pointer_cut(struct buf *pointer, size_t len)
{
	if (pointer->failed || len >= pointer->len)
		return;
	pointer->len = len;
	pointer->data[len] = '\0';
}
