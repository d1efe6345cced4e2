#include "identifiers/person_number.h"

#include "base/cleanup.h"

const char *person_number_kind_name(enum person_number_kind kind)
{
	static const char *const names[] = {
		[PERSON_NUMBER_OTHER] = "other", [PERSON_NUMBER_FNR] = "fnr",
		[PERSON_NUMBER_DNR] = "dnr",     [PERSON_NUMBER_HNR] = "hnr",
		[PERSON_NUMBER_FHNR] = "fhnr",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "other";
}

static int remainder_of(const int *digits, const int *weights, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += digits[i] * weights[i];
	return sum % 11;
}

/* The test form of the check: the digit itself is in the sum with weight 1. */
static void check_digits(const int *d, struct person_number *p)
{
	static const int first[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 };
	static const int second[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
	int r1 = remainder_of(d, first, ARRAY_LEN(first));
	int r2 = remainder_of(d, second, ARRAY_LEN(second));

	p->holds_legacy = r1 == 0 && r2 == 0;
	p->holds_2032 = r1 <= 3 && r2 == 0;
}

/* 29 February is a day whenever yy is a multiple of four, 00 being 2000. */
static bool is_day_of_some_year(int day, int month, int yy)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && yy % 4 == 0);
}

/* Takes the offset off a month and notes what it stood for. */
static int plain_month(int month, struct person_number *p)
{
	if (month > 80 && month <= 92) {
		p->synthetic = true;
		return month - 80;
	}
	if (month > 65 && month <= 77) {
		p->synthetic = true;
		return month - 65;
	}
	if (month > 40 && month <= 52) {
		p->kind = PERSON_NUMBER_HNR;
		return month - 40;
	}
	return month;
}

static void read_date(const int *d, struct person_number *p)
{
	int day = d[0] * 10 + d[1], month = d[2] * 10 + d[3], yy = d[4] * 10 + d[5];

	p->kind = PERSON_NUMBER_FNR;
	if (day > 40) {
		p->kind = PERSON_NUMBER_DNR;
		day -= 40;
	}
	month = plain_month(month, p);
	if (month < 1 || month > 12 || day < 1 || day > 31) {
		p->kind = PERSON_NUMBER_OTHER;
		p->synthetic = false;
		return;
	}
	p->date_plausible = is_day_of_some_year(day, month, yy);
}

bool person_number_classify(const char *text, size_t len, struct person_number *ret)
{
	struct person_number p = { .kind = PERSON_NUMBER_OTHER };
	int d[PERSON_NUMBER_LEN];

	if (len != PERSON_NUMBER_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		d[i] = text[i] - '0';
	}
	if (d[0] >= 8)
		p.kind = PERSON_NUMBER_FHNR;
	else
		read_date(d, &p);
	check_digits(d, &p);
	*ret = p;
	return true;
}
