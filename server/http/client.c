#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAPPED_BITS 96
#define NET_BYTES 8 /* of an IPv6 address: what one site usually gets */

struct address {
	unsigned char bytes[16];
};

static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };

static bool is_v4(const struct address *a)
{
	return !memcmp(a->bytes, mapped, sizeof(mapped));
}

static bool parse(const char *text, struct address *ret)
{
	if (inet_pton(AF_INET6, text, ret->bytes) == 1)
		return true;
	memcpy(ret->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, ret->bytes + sizeof(mapped)) == 1;
}

/* "ADDRESS" or "ADDRESS/BITS". */
static bool parse_net(char *text, struct client_net *ret)
{
	char *slash = strchr(text, '/'), *end;
	struct address address;
	unsigned long bits = 128;

	if (slash)
		*slash = '\0';
	if (!parse(text, &address))
		return false;
	if (slash) {
		bits = strtoul(slash + 1, &end, 10);
		if (end == slash + 1 || *end || slash[1] == '-' || bits > 128)
			return false;
		if (is_v4(&address))
			bits += MAPPED_BITS;
		if (bits > 128)
			return false;
	}
	memcpy(ret->bytes, address.bytes, sizeof(ret->bytes));
	ret->bits = (unsigned)bits;
	return true;
}

enum rc client_rules_read(const char *proxies, const char *header, struct client_rules *ret,
			  struct err *reterr)
{
	struct client_rules rules = { .len = 0 };
	const char *at = proxies ? proxies : "";
	char part[TURNS_NAME_SIZE];
	size_t len;

	for (at += strspn(at, ", \t"); *at; at += strspn(at, ", \t")) {
		len = strcspn(at, ", \t");
		snprintf(part, sizeof(part), "%.*s", (int)(len < sizeof(part) ? len : 0), at);
		if (rules.len == CLIENT_PROXIES_MAX || !parse_net(part, &rules.proxies[rules.len]))
			return err_set(reterr, RC_INVALID, "trusted-proxies", part,
				       "at most %d addresses, such as 127.0.0.1 or 10.1.0.0/16",
				       CLIENT_PROXIES_MAX);
		rules.len++;
		at += len;
	}
	header = header ? header : "X-Forwarded-For";
	if (strlen(header) >= sizeof(rules.header))
		return err_set(reterr, RC_INVALID, "client-header", header, "the name is too long");
	memcpy(rules.header, header, strlen(header) + 1);
	*ret = rules;
	return RC_OK;
}

static bool within(const struct client_net *net, const struct address *a)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->bytes, a->bytes, whole))
		return false;
	return !rest || !((net->bytes[whole] ^ a->bytes[whole]) >> (8 - rest));
}

static bool trusted(const struct client_rules *rules, const struct address *a)
{
	for (size_t i = 0; i < rules->len; i++)
		if (within(&rules->proxies[i], a))
			return true;
	return false;
}

/* The last entry of the last field of that name: what our own proxy has added.
 * Some write the port, too: "192.0.2.1:443", "[2001:db8::1]:443". */
static bool parse_last(const struct head *head, const char *name, struct address *ret)
{
	const char *value = NULL, *comma;
	char text[64], *start = text, *end;

	for (size_t i = 0; i < head->count; i++)
		if (!strcasecmp(head->headers[i].name, name))
			value = head->headers[i].value;
	if (!value)
		return false;
	comma = strrchr(value, ',');
	value = comma ? comma + 1 : value;
	value += strspn(value, " \t");
	if (strlen(value) >= sizeof(text))
		return false;
	memcpy(text, value, strlen(value) + 1);
	text[strcspn(text, " \t")] = '\0';
	end = strchr(text, ']');
	if (*text == '[' && end) {
		*end = '\0';
		start++;
	} else if (strchr(text, '.') && strchr(text, ':') == strrchr(text, ':')) {
		text[strcspn(text, ":")] = '\0';
	}
	return parse(start, ret);
}

static void write_client(const struct address *a, struct client *ret)
{
	struct address net = *a;

	if (is_v4(a)) {
		inet_ntop(AF_INET, a->bytes + sizeof(mapped), ret->address, sizeof(ret->address));
		memcpy(ret->net, ret->address, sizeof(ret->net));
		return;
	}
	inet_ntop(AF_INET6, a->bytes, ret->address, sizeof(ret->address));
	memset(net.bytes + NET_BYTES, 0, sizeof(net.bytes) - NET_BYTES);
	inet_ntop(AF_INET6, net.bytes, ret->net, sizeof(ret->net));
}

static bool address_of(const struct sockaddr *peer, struct address *ret)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} copy = { .any = { .sa_family = AF_UNSPEC } };

	if (peer && peer->sa_family == AF_INET) {
		memcpy(&copy.v4, peer, sizeof(copy.v4));
		memcpy(ret->bytes, mapped, sizeof(mapped));
		memcpy(ret->bytes + sizeof(mapped), &copy.v4.sin_addr, 4);
		return true;
	}
	if (peer && peer->sa_family == AF_INET6) {
		memcpy(&copy.v6, peer, sizeof(copy.v6));
		memcpy(ret->bytes, &copy.v6.sin6_addr, 16);
		return true;
	}
	return false;
}

void client_find(const struct client_rules *rules, const struct sockaddr *peer,
		 const struct head *head, struct client *ret)
{
	struct address own, told;
	bool remote = address_of(peer, &own);

	if ((!remote || trusted(rules, &own)) && parse_last(head, rules->header, &told)) {
		write_client(&told, ret);
	} else if (remote) {
		write_client(&own, ret);
	} else {
		snprintf(ret->address, sizeof(ret->address), "local");
		snprintf(ret->net, sizeof(ret->net), "local");
	}
}
