/* Who is at the other end. A proxy hides its clients' addresses behind its own and
 * names them in a header, and anybody can write such a header: so it is believed only
 * from the proxies that were named. Pure functions over a copied head. */
#ifndef VARDE_HTTP_CLIENT_H
#define VARDE_HTTP_CLIENT_H

#include "http/head.h"
#include "http/turns.h"

#include "base/err.h"

#include <sys/socket.h>

#define CLIENT_PROXIES_MAX 16

struct client {
	char address[TURNS_NAME_SIZE]; /* as inet_ntop() writes it; "local" on a Unix socket */
	char net[TURNS_NAME_SIZE];     /* what shares limits: the address, of IPv6 its /64 */
};

struct client_rules {
	struct client_net {
		unsigned char bytes[16]; /* IPv4 as mapped into IPv6 */
		unsigned bits;
	} proxies[CLIENT_PROXIES_MAX];
	size_t len;
	char header[64];
};

/* "127.0.0.1, ::1, 10.1.0.0/16"; NULL or "": nobody is believed. `header` names the
 * field whose last entry is the client; NULL: X-Forwarded-For. RC_INVALID: code
 * "trusted-proxies" with the part that is no address, "client-header". */
NODISCARD enum rc client_rules_read(const char *proxies, const char *header,
				    struct client_rules *ret, struct err *reterr);

/* `peer` is the socket's address; on a Unix socket whoever may open it is the proxy.
 * What a proxy writes that is no address is passed over for the proxy's own. */
void client_find(const struct client_rules *rules, const struct sockaddr *peer,
		 const struct head *head, struct client *ret);

#endif
