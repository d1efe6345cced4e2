/* A release's report (release/report_json.h) for people. */
#ifndef VARDE_CTL_RELEASE_REPORT_H
#define VARDE_CTL_RELEASE_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* As text, or as the JSON that it is. */
void release_report_print(const json_t *report, bool json, FILE *out);

#endif
