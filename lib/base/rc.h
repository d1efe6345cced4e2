/* Return codes. One enum for the whole house, so that every edge needs one
 * table (HTTP status, exit status) and no layer invents its own numbers. */
#ifndef VARDE_BASE_RC_H
#define VARDE_BASE_RC_H

enum rc {
	RC_OK = 0,
	RC_NOMEM,       /* allocation failed; nothing was changed */
	RC_INVALID,     /* the input is wrong; err says where and by which code */
	RC_FORBIDDEN,   /* the input is right, but not for this caller */
	RC_NOT_FOUND,   /* no such thing, or none this caller may know of */
	RC_CONFLICT,    /* the key exists with other content, or is out of order */
	RC_LIMIT,       /* a cap was reached: size, depth, count, time */
	RC_BUSY,        /* try again soon: queue full, lock held */
	RC_FULL,        /* no space left to store in */
	RC_IO,          /* reading or writing failed */
	RC_CORRUPT,     /* stored or sealed bytes are not what was written */
	RC_UNSUPPORTED, /* well-formed, but newer or other than this program knows */
};

#define NODISCARD __attribute__((warn_unused_result))

/* A constant, lower-case name such as "not-found". Never NULL. Any thread. */
const char *rc_name(enum rc rc);

#endif
