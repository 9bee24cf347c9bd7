/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_addr.c - addresses: loopback, listed, a gateway */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "http/peer.h"
#include "suites.h"

static struct http_addr addr_of(const char *text)
{
	struct http_net net;

	ck_assert_int_eq(cti_peer_net(&net, text), 0);
	return net.addr;
}

static bool in(const char *net_text, const char *addr_text)
{
	struct http_addr addr = addr_of(addr_text);
	struct http_net net;

	ck_assert_int_eq(cti_peer_net(&net, net_text), 0);
	return cti_peer_in(&net, &addr);
}

START_TEST(networks_hold_their_addresses)
{
	ck_assert(in("10.1.2.3", "10.1.2.3"));
	ck_assert(!in("10.1.2.3", "10.1.2.4"));
	ck_assert(in("10.0.0.0/8", "10.255.0.1"));
	ck_assert(!in("10.0.0.0/8", "11.0.0.1"));
	ck_assert(in("172.16.0.0/12", "172.31.255.255"));
	ck_assert(!in("172.16.0.0/12", "172.32.0.0"));
	ck_assert(in("0.0.0.0/0", "8.8.8.8"));
	ck_assert(!in("0.0.0.0/0", "2001:db8::1"));
	ck_assert(in("fd00::/8", "fd12::1"));
	ck_assert(!in("fd00::/8", "fe80::1"));
	ck_assert(in("::/0", "10.0.0.1"));
	ck_assert(in("10.0.0.1", "::ffff:10.0.0.1"));
}
END_TEST

START_TEST(what_is_no_network_is_refused)
{
	static const char *const bad[] = {
		"",	      "10.0.0",	    "10.0.0.256",  "10.0.0.0/33",
		"10.0.0.0/",  "/8",	    "10.0.0.0/8x", "10.0.0.0/-1",
		"fd00::/129", "fd00::g",    "localhost",   "10.0.0.0/ 8",
		"10.0.0.1 ",  "1.2.3.4/+8", "[::1]",
	};
	struct http_net net;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(cti_peer_net(&net, bad[i]) == -EINVAL, "%s",
			      bad[i]);
}
END_TEST

START_TEST(loopback_is_127_and_one)
{
	static const struct {
		const char *text;
		bool yes;
	} rows[] = {
		{"127.0.0.1", true},	{"127.255.0.9", true},
		{"::1", true},		{"::ffff:127.0.0.1", true},
		{"128.0.0.1", false},	{"0.0.0.0", false},
		{"::", false},		{"::2", false},
		{"::127.0.0.1", false}, {"::ffff:10.0.0.1", false},
		{"fe80::1", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct http_addr addr = addr_of(rows[i].text);

		ck_assert_msg(cti_peer_loopback(&addr) == rows[i].yes, "%s",
			      rows[i].text);
	}
}
END_TEST

START_TEST(sockets_addresses_are_taken)
{
	struct sockaddr_storage from = {.ss_family = AF_INET};
	struct http_addr addr, wanted = addr_of("192.0.2.7");
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.7", &in4.sin_addr), 1);
	memcpy(&from, &in4, sizeof(in4));
	ck_assert_int_eq(cti_peer_addr(&addr, &from), 0);
	ck_assert_mem_eq(&addr, &wanted, sizeof(addr));
	ck_assert_int_eq(
		inet_pton(AF_INET6, "::ffff:192.0.2.7", &in6.sin6_addr), 1);
	memcpy(&from, &in6, sizeof(in6));
	ck_assert_int_eq(cti_peer_addr(&addr, &from), 0);
	ck_assert_mem_eq(&addr, &wanted, sizeof(addr));
	from.ss_family = AF_UNIX;
	ck_assert_int_eq(cti_peer_addr(&addr, &from), -EAFNOSUPPORT);
}
END_TEST

static bool gateway(const char *table, bool v6, const char *addr_text)
{
	struct http_addr addr = addr_of(addr_text);
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(table, file), 0);
	rewind(file);
	bool found = cti_peer_route(file, v6, &addr);
	ck_assert_int_eq(fclose(file), 0);
	return found;
}

START_TEST(default_gateway_is_read_from_the_table)
{
	uint32_t via;
	char table[512];

	ck_assert_int_eq(inet_pton(AF_INET, "172.17.0.1", &via), 1);
	(void)snprintf(
		table, sizeof(table),
		"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\t"
		"Metric\tMask\tMTU\tWindow\tIRTT\n"
		"eth1\t0000000A\t%08X\t0003\t0\t0\t0\t000000FF\t0\t0\t0\n"
		"eth0\t00000000\t%08X\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t"
		"0\t0\n",
		via ^ 0x01000000u, via);
	ck_assert(gateway(table, false, "172.17.0.1"));
	ck_assert(!gateway(table, false, "172.17.0.2"));
	ck_assert(!gateway(table, false, "0.0.0.0"));
	ck_assert(!gateway(table, false, "fd00::1"));
	ck_assert(!gateway("", false, "172.17.0.1"));
	ck_assert(!gateway("eth0 00000000\n", false, "172.17.0.1"));
}
END_TEST

START_TEST(default_gateway_of_ipv6_is_read_from_the_table)
{
	static const char table[] =
		"fd000000000000000000000000000000 40 "
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00000100 00000001 00000000 "
		"00000001     eth0\n"
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00 "
		"fd000000000000000000000000000001 00000400 00000001 00000000 "
		"00000003     eth0\n"
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 ffffffff 00000001 00000000 "
		"00200200       lo\n";

	ck_assert(gateway(table, true, "fd00::1"));
	ck_assert(!gateway(table, true, "fd00::2"));
	ck_assert(!gateway(table, true, "::"));
	ck_assert(!gateway("zz\n", true, "fd00::1"));
}
END_TEST

Suite *addr_suite(void)
{
	Suite *suite = suite_create("addr");
	TCase *tc = tcase_create("addr");

	tcase_add_test(tc, networks_hold_their_addresses);
	tcase_add_test(tc, what_is_no_network_is_refused);
	tcase_add_test(tc, loopback_is_127_and_one);
	tcase_add_test(tc, sockets_addresses_are_taken);
	tcase_add_test(tc, default_gateway_is_read_from_the_table);
	tcase_add_test(tc, default_gateway_of_ipv6_is_read_from_the_table);
	suite_add_tcase(suite, tc);
	return suite;
}
