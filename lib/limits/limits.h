/* How much of the service one name may use: units per minute (rates.h) and requests
 * at the same time (places.h). A name is what shares a limit, such as a tenant's
 * organisation number or a client's address. Nothing here knows HTTP or a clock. */
#ifndef VARDE_LIMITS_LIMITS_H
#define VARDE_LIMITS_LIMITS_H

/* Bytes of a name with its NUL; "" and longer ones are not names. Fits an IPv6
 * address with a prefix length. */
#define LIMITS_NAME_SIZE 48

#endif
