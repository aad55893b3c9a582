/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of a scan this is: options of scan alone, and what engines of jobs say. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/strings.h"
#include "cli/cmd.h"
#include "cli/environment.h"

static const char *arg_shard;

const struct cmek_option cmek_shard_options[] = {
    {"shard", 0, CMEK_OPTION_TEXT, &arg_shard, "I/N",
     "scan only the projects of part I of N, from 1/N to N/N; `cmekscan merge` joins the json "
     "reports (default: from CLOUD_RUN_TASK_INDEX and _COUNT, or JOB_COMPLETION_INDEX and "
     "CMEKSCAN_SHARDS)"},
    {0},
};

/* Engines that start a job several times count from 0. */
static const struct {
    const char *index, *count;
} engines[] = {
    {"CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"}, /* Cloud Run jobs */
    {"JOB_COMPLETION_INDEX", "CMEKSCAN_SHARDS"},      /* Kubernetes: Indexed Jobs tell no count */
};

/* A decimal number of at most @p most; -1: it is none. */
static long number(const char *text, size_t length, long most)
{
    char digits[8];
    if (length == 0 || length >= sizeof digits)
        return -1;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!cmek_str_is_number(digits))
        return -1;
    long value = strtol(digits, NULL, 10);
    return value <= most ? value : -1;
}

static enum cmek_status parse(const char *text, struct cmek_shard *ret_shard,
                              struct cmek_error *err)
{
    size_t slash = strcspn(text, "/");
    long count = text[slash] == '/'
                     ? number(text + slash + 1, strlen(text + slash + 1), CMEK_LIMIT_SHARDS)
                     : -1;
    long index = number(text, slash, CMEK_LIMIT_SHARDS);
    if (index < 1 || count < 1 || index > count)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--shard is '%s', expected I/N with I from 1 to N, and N at most %d", text,
                         CMEK_LIMIT_SHARDS);
    *ret_shard = (struct cmek_shard){(unsigned)index, (unsigned)count};
    return CMEK_OK;
}

/* A job of one task is whole. */
static enum cmek_status from_engine(struct cmek_shard *ret_shard, struct cmek_error *err)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        const char *index_text = cmek_environment(engines[i].index);
        const char *count_text = cmek_environment(engines[i].count);
        if (!index_text || !count_text)
            continue;
        long index = number(index_text, strlen(index_text), CMEK_LIMIT_SHARDS);
        long count = number(count_text, strlen(count_text), CMEK_LIMIT_SHARDS);
        if (index < 0 || count < 1 || index >= count)
            return cmek_fail(err, CMEK_E_USAGE,
                             "%s is '%s' and %s is '%s', expected an index from 0 and a larger "
                             "count of at most %d",
                             engines[i].index, index_text, engines[i].count, count_text,
                             CMEK_LIMIT_SHARDS);
        if (count > 1)
            *ret_shard = (struct cmek_shard){(unsigned)index + 1, (unsigned)count};
        return CMEK_OK;
    }
    return CMEK_OK;
}

enum cmek_status cmek_shard_args(struct cmek_scan_options *options, struct cmek_error *err)
{
    struct cmek_shard shard = {0};
    enum cmek_status status = arg_shard ? parse(arg_shard, &shard, err) : from_engine(&shard, err);
    if (status != CMEK_OK)
        return status;
    if (shard.count > 0 && options->verify_policies)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--verify-policies asks once for the whole scope, not for each shard");
    if (shard.count > 0 && options->baseline)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--baseline is of the whole scope: merge the shards, then compare with "
                         "cmekscan diff");
    if (shard.count > 0 && options->feed.plan_path)
        return cmek_fail(err, CMEK_E_USAGE, "--shard is for what exists, not for a plan");
    options->feed.shard = shard;
    return CMEK_OK;
}
