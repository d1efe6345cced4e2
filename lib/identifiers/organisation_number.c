#include "identifiers/organisation_number.h"

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

bool organisation_number_valid(const char *text, size_t len)
{
	static const int weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
	int sum = 0, check;

	if (len != ORGANISATION_NUMBER_LEN || !all_digits(text, len))
		return false;
	for (size_t i = 0; i < ORGANISATION_NUMBER_LEN - 1; i++)
		sum += (text[i] - '0') * weights[i];
	/* 11 stands for 0; 10 is no digit, so such a number is never given out. */
	check = (11 - sum % 11) % 11;
	return check == text[ORGANISATION_NUMBER_LEN - 1] - '0';
}

bool hpr_number_valid(const char *text, size_t len)
{
	return len >= 1 && len <= 9 && all_digits(text, len) && text[0] != '0';
}
