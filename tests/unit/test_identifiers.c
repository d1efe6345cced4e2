#include "unit.h"

#include "base/cleanup.h"
#include "identifiers/organisation_number.h"
#include "identifiers/person_number.h"

#include <string.h>

/* All numbers are synthetic or published by Skatteetaten as examples. */
static const struct vector {
	const char *digits;
	enum person_number_kind kind;
	bool synthetic, date, legacy, rule_2032;
} vectors[] = {
	/* one base, its check digits by r1 */
	{ "15898512379", PERSON_NUMBER_FNR, true, true, true, true },
	{ "15898512387", PERSON_NUMBER_FNR, true, true, false, true },
	{ "15898512395", PERSON_NUMBER_FNR, true, true, false, true },
	{ "01825050120", PERSON_NUMBER_FNR, true, true, true, true },
	{ "01825050139", PERSON_NUMBER_FNR, true, true, false, true },
	{ "01825050147", PERSON_NUMBER_FNR, true, true, false, true },
	{ "01825050155", PERSON_NUMBER_FNR, true, true, false, true },
	{ "65898512333", PERSON_NUMBER_DNR, true, true, true, true },
	{ "65898512341", PERSON_NUMBER_DNR, true, true, false, true },
	{ "65898512368", PERSON_NUMBER_DNR, true, true, false, true },
	/* 29 February */
	{ "29820050124", PERSON_NUMBER_FNR, true, true, true, true },
	{ "29820190015", PERSON_NUMBER_FNR, true, false, true, true },
	/* other series */
	{ "14498512357", PERSON_NUMBER_HNR, false, true, true, true },
	{ "54498512357", PERSON_NUMBER_HNR, false, true, false, false },
	{ "81234567802", PERSON_NUMBER_FHNR, false, false, true, true },
	{ "15748512379", PERSON_NUMBER_FNR, true, true, false, false },
	/* check digits wrong */
	{ "15898512378", PERSON_NUMBER_FNR, true, true, false, false },
	{ "15898512397", PERSON_NUMBER_FNR, true, true, false, false },
	/* published by Skatteetaten */
	{ "02013299997", PERSON_NUMBER_FNR, false, true, true, true },
	{ "30108299920", PERSON_NUMBER_FNR, false, true, true, true },
	{ "30108299939", PERSON_NUMBER_FNR, false, true, false, true },
	/* no series at all */
	{ "00010112345", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "40010112345", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "32010112346", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "01000112345", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "01130112345", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "01930112345", PERSON_NUMBER_OTHER, false, false, false, false },
	{ "31040112345", PERSON_NUMBER_FNR, false, false, false, false },
};

START_TEST(person_numbers_are_told_apart)
{
	for (const struct vector *v = vectors; v < vectors + ARRAY_LEN(vectors); v++) {
		struct person_number p;

		ck_assert(person_number_classify(v->digits, 11, &p));
		ck_assert_msg(p.kind == v->kind, "%s is a %s", v->digits,
			      person_number_kind_name(p.kind));
		ck_assert_msg(p.synthetic == v->synthetic, "%s synthetic", v->digits);
		ck_assert_msg(p.date_plausible == v->date, "%s date", v->digits);
		ck_assert_msg(p.holds_legacy == v->legacy, "%s legacy", v->digits);
		ck_assert_msg(p.holds_2032 == v->rule_2032, "%s 2032", v->digits);
	}
}
END_TEST

START_TEST(what_is_not_eleven_digits_is_none)
{
	static const char *const bad[] = {
		"", "1589851237", "158985123790", "1589851237a", "15898 12379", "+5898512379"
	};
	struct person_number p;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!person_number_classify(bad[i], strlen(bad[i]), &p), "%s", bad[i]);
	ck_assert(!person_number_classify("15898\00012379", 11, &p));
}
END_TEST

/* k2 alone catches every single wrong digit and every adjacent swap. */
START_TEST(a_slip_never_passes_either_rule)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct person_number p;

		if (!vectors[i].rule_2032)
			continue;
		for (size_t at = 0; at < 11; at++) {
			char slip[12];

			memcpy(slip, vectors[i].digits, 12);
			for (char c = '0'; c <= '9'; c++) {
				slip[at] = c;
				ck_assert(person_number_classify(slip, 11, &p));
				ck_assert(p.holds_2032 == (c == vectors[i].digits[at]));
			}
			memcpy(slip, vectors[i].digits, 12);
			if (at == 10 || slip[at] == slip[at + 1])
				continue;
			slip[at] = vectors[i].digits[at + 1];
			slip[at + 1] = vectors[i].digits[at];
			ck_assert(person_number_classify(slip, 11, &p));
			ck_assert(!p.holds_2032);
		}
	}
}
END_TEST

START_TEST(numbers_are_found_as_people_write_them)
{
	static const char *const texts[] = {
		"15898512379",
		"15898512378", /* mistyped */
		"pasient 15898512379, sengepost",
		"fnr15898512379x",
		"sak/15898512379",
		"158985 12379",
		"158985-12379",
		"158985.12379",
		"158985 - 12379",
		"158985\t12379",
		"158985 123 79",
		"15.89.85-12379",
		"15.89.85 12379",
		"15 89 85 123 79",
		"15/89-8512379",
		"15.89.1985-12379",
		"15891985 12379",
		"15.89.1985 123 79",
		"15 89 198512379",
		"17-158985-12379",
		"158985\xC2\xA0"
		"12379", /* no-break space */
		"158985\xE2\x80\xAF"
		"12379", /* narrow no-break space */
		"158985\xE2\x80\x93"
		"12379", /* en dash */
		"158985\xE2\x88\x92"
		"12379", /* minus sign */
		"15898\xE2\x80\x8B"
		"512379", /* zero width space */
		"158985\xC2\xAD"
		"12379", /* soft hyphen */
		"\xEF\xBC\x91\xEF\xBC\x95"
		"898512379", /* full-width digits */
		"\xF0\x9D\x9F\x8F\xF0\x9D\x9F\x93"
		"898512379", /* mathematical bold digits */
		"\xFF"
		"15898512379\xC3", /* broken UTF-8 around it */
		"81234567802",     /* FH number */
		"812345 67802",
		"14498512357", /* local H-number */
		"65898512333",
		"12345678901234 15898512379",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_msg(person_number_find(texts[i], strlen(texts[i])), "%zu: %s", i,
			      texts[i]);
}
END_TEST

START_TEST(other_digits_are_left_alone)
{
	static const char *const texts[] = {
		"",
		"Synergi Life 8.4.1",
		"AVVIK-2025-004211",
		"2025-11-22T21:51:31.042+01:00",
		"2025-11-22",
		"983887406",
		"+47 22 12 34 56",
		"0047 22 12 34 56",
		"1589851237",      /* ten */
		"158985123790",    /* twelve */
		"0015898512379",   /* inside a longer run */
		"158985    12379", /* too far apart */
		"158985:12379",
		"158985x12379",
		"15898 512379", /* divided where nobody does */
		"32010112345",  /* day 32 */
		"29820190015",  /* 29.02.01 */
		"01132512345",  /* month 13 */
		"15.89.1785-12379",
		"81234567801", /* FH shape, check digit wrong */
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_msg(!person_number_find(texts[i], strlen(texts[i])), "%zu: %s", i,
			      texts[i]);
}
END_TEST

START_TEST(only_the_text_given_is_read)
{
	ck_assert(!person_number_find("15898512379", 10));
	ck_assert(person_number_find("158985123790", 11));
	ck_assert(person_number_find("\0"
				     "15898512379",
				     12));
	/* a character cut off at the end */
	ck_assert(!person_number_find("158985\xE2\x80\xAF"
				      "12379",
				      8));
}
END_TEST

START_TEST(organisation_numbers_have_their_check_digit)
{
	static const char *const good[] = { "310000019", "310000078", "310000000", "983887406" };
	static const char *const bad[] = { "310000010", "310000018", "98388740", "9838874060",
					   "98388740a", " 83887406", "" };
	char text[10] = "310000060";

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(organisation_number_valid(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!organisation_number_valid(bad[i], strlen(bad[i])), "%s", bad[i]);
	/* check digit 10: no last digit will do */
	for (char c = '0'; c <= '9'; c++) {
		text[8] = c;
		ck_assert(!organisation_number_valid(text, 9));
	}
}
END_TEST

START_TEST(hpr_numbers_have_a_shape_only)
{
	static const char *const good[] = { "222200068", "1", "9999999" };
	static const char *const bad[] = { "", "0", "0123", "1234567890", "12a", "-1", "1 " };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(hpr_number_valid(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!hpr_number_valid(bad[i], strlen(bad[i])), "%s", bad[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("identifiers");
	TCase *t = tcase_create("identifiers");

	tcase_add_test(t, person_numbers_are_told_apart);
	tcase_add_test(t, what_is_not_eleven_digits_is_none);
	tcase_add_test(t, a_slip_never_passes_either_rule);
	tcase_add_test(t, numbers_are_found_as_people_write_them);
	tcase_add_test(t, other_digits_are_left_alone);
	tcase_add_test(t, only_the_text_given_is_read);
	tcase_add_test(t, organisation_numbers_have_their_check_digit);
	tcase_add_test(t, hpr_numbers_have_a_shape_only);
	suite_add_tcase(s, t);
	return run_suite(s);
}
