/* Who is at the other end: what is believed of whom, and how addresses are written. */
#include "unit.h"

#include "base/cleanup.h"
#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct client_rules rules;

static void up(void)
{
	ck_assert_int_eq(
		client_rules_read("10.1.0.0/16, 192.0.2.1,::1 2001:db8::/33", NULL, &rules, NULL),
		RC_OK);
}

/* Fields of the same name in order, ended by NULL. */
static struct client find(const char *peer, const char *const *values)
{
	struct header headers[8];
	struct head head = { .headers = headers };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *address = NULL;
	struct client client = { { 0 }, { 0 } };

	for (; values && values[head.count]; head.count++)
		headers[head.count] =
			(struct header){ .name = "x-forwarded-for", .value = values[head.count] };
	if (peer && inet_pton(AF_INET, peer, &v4.sin_addr) == 1)
		address = (const struct sockaddr *)&v4;
	else if (peer && inet_pton(AF_INET6, peer, &v6.sin6_addr) == 1)
		address = (const struct sockaddr *)&v6;
	client_find(&rules, address, &head, &client);
	return client;
}

static const char *address(const char *peer, const char *value)
{
	static struct client client;

	client = find(peer, (const char *const[]){ value, NULL });
	return client.address;
}

START_TEST(who_is_believed)
{
	static const char *const proxies[] = { "10.1.0.0",       "10.1.255.255",
					       "192.0.2.1",      "::1",
					       "2001:db8::9",    "2001:db8:7fff::1",
					       "::ffff:10.1.2.3" };
	static const char *const others[] = { "10.0.255.255", "10.2.0.0",          "192.0.2.2",
					      "::2",          "2001:db8:8000::1",  "2001:db9::",
					      "203.0.113.5",  "::ffff:203.0.113.5" };

	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		ck_assert_str_eq(address(proxies[i], "198.51.100.7"), "198.51.100.7");
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		ck_assert_str_ne(address(others[i], "198.51.100.7"), "198.51.100.7");
	ck_assert_str_eq(address("::ffff:203.0.113.5", "198.51.100.7"), "203.0.113.5");
	ck_assert_str_eq(address(NULL, "198.51.100.7"), "198.51.100.7");
	ck_assert_str_eq(address(NULL, NULL), "local");
}
END_TEST

START_TEST(what_a_proxy_writes)
{
	static const char *const two[] = { "198.51.100.1, 198.51.100.2", "198.51.100.3", NULL };

	ck_assert_str_eq(address("::1", "203.0.113.9, 198.51.100.7"), "198.51.100.7");
	ck_assert_str_eq(address("::1", " 198.51.100.7 "), "198.51.100.7");
	ck_assert_str_eq(address("::1", "198.51.100.7:51234"), "198.51.100.7");
	ck_assert_str_eq(address("::1", "[2001:DB8:0:0:0:0:0:7]:443"), "2001:db8::7");
	ck_assert_str_eq(address("::1", "2001:db8::7"), "2001:db8::7");
	ck_assert_str_eq(address("::1", "::ffff:198.51.100.7"), "198.51.100.7");
	ck_assert_str_eq(find("::1", two).address, "198.51.100.3");
}
END_TEST

/* Then it counts itself, and nothing of what was written goes anywhere. */
START_TEST(what_is_no_address)
{
	static const char *const wrong[] = {
		"",
		",",
		"unknown",
		"_hidden",
		"198.51.100.7,",
		"198.51.100",
		"198.51.100.7.8",
		"[",
		"]",
		"\"x\"",
		"1.2.3.4/8",
		"999999999999999999999999999999999999999999999999999999999999999999999999"
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		ck_assert_str_eq(address("10.1.2.3", wrong[i]), "10.1.2.3");
}
END_TEST

START_TEST(what_shares_limits)
{
	ck_assert_str_eq(find("203.0.113.5", NULL).net, "203.0.113.5");
	ck_assert_str_eq(find("2001:db8:9:8:7:6:5:4", NULL).net, "2001:db8:9:8::");
	ck_assert_str_eq(find("2001:db8:9:8::", NULL).net, "2001:db8:9:8::");
	ck_assert_str_eq(find(NULL, NULL).net, "local");
}
END_TEST

START_TEST(rules_that_are_none)
{
	struct err err;
	struct client_rules none;
	char name[80];

	ck_assert_int_eq(client_rules_read("127.0.0.1, proxy", NULL, &none, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "trusted-proxies");
	ck_assert_str_eq(err.where, "proxy");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(client_rules_read(NULL, name, &none, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "client-header");
	ck_assert_int_eq(client_rules_read("", NULL, &none, NULL), RC_OK);
	ck_assert_uint_eq(none.len, 0);
	ck_assert_int_eq(client_rules_read(name, NULL, &none, NULL), RC_INVALID);
	ck_assert_int_eq(client_rules_read("0.0.0.0/0", NULL, &rules, NULL), RC_OK);
	ck_assert_str_eq(address("203.0.113.5", "198.51.100.7"), "198.51.100.7");
	ck_assert_str_eq(address("2001:db8::1", "198.51.100.7"), "2001:db8::1");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *t = tcase_create("client");

	tcase_add_checked_fixture(t, up, NULL);
	tcase_add_test(t, who_is_believed);
	tcase_add_test(t, what_a_proxy_writes);
	tcase_add_test(t, what_is_no_address);
	tcase_add_test(t, what_shares_limits);
	tcase_add_test(t, rules_that_are_none);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
