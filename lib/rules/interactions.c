/* A review's factors refer to each other by their numbers. */
#include "rules/run.h"

static bool has_number(const json_t *factors, json_int_t number, size_t but)
{
	const json_t *factor, *own;
	size_t i;

	json_array_foreach(factors, i, factor)
	{
		own = json_object_get(factor, "sequence");
		if (i != but && json_is_integer(own) && json_integer_value(own) == number)
			return true;
	}
	return false;
}

void rules_interactions(const struct rules_run *run)
{
	const json_t *factors = json_object_get(run->document, "contributing_factors"), *factor;
	size_t i, j;

	json_array_foreach(factors, i, factor)
	{
		const json_t *with = json_object_get(factor, "interaction_with"), *item;

		json_array_foreach(with, j, item)
		{
			const json_t *number = json_object_get(item, "sequence");

			if (json_is_integer(number) &&
			    !has_number(factors, json_integer_value(number), i))
				rules_reportf(
					run, RULE_INTERACTION_UNKNOWN, NULL,
					"/contributing_factors/%zu/interaction_with/%zu/sequence",
					i, j);
		}
	}
}
