/* SPDX-License-Identifier: Apache-2.0 */
/** @file cmd.h  What a command is. Each cmd_….c holds one: its options, its help, and its run
 * function. */
#ifndef CMEK_CLI_CMD_H
#define CMEK_CLI_CMD_H

#include "cli/options.h"
#include "scan/scan.h"

struct cmek_command {
    const char *name, *summary;
    const char *usage;                      /* after "cmekscan NAME " */
    const char *description;                /* paragraphs for --help */
    const char *examples;                   /* lines, or NULL */
    const struct cmek_option_group *groups; /* ends with a NULL title */
    bool takes_words;
    int (*run)(const struct cmek_values *words);
};

extern const struct cmek_command *const cmek_commands[]; /* NULL-ended */

/** Runs the program: returns its exit status. */
int cmek_main(int argc, char *const *argv);

/** Help for all of it, and for one command, on standard output; returns the exit status. */
int cmek_help(void);
int cmek_help_command(const struct cmek_command *command);

/** Says why a command ends and returns its exit status: the last line on standard error. */
int cmek_end(const struct cmek_scan_outcome *outcome);
int cmek_end_failed(const struct cmek_error *err);
/** Writes to standard output and returns 0, or says that it could not and returns 4. */
int cmek_print_all(const char *bytes, size_t length);

/* auth_args.c: options of every command that needs credentials */
extern const struct cmek_option cmek_auth_options[];
CMEK_NODISCARD enum cmek_status cmek_auth_args(struct cmek_arena *arena,
                                               struct cmek_auth_settings *ret_auth,
                                               struct cmek_error *err);

/* feed_args.c: options of every command that reads live, of scan alone, and of every connection */
extern const struct cmek_option cmek_scope_options[], cmek_export_options[], cmek_confirm_options[],
    cmek_assets_options[], cmek_connection_options[];
/* … of every command that is quiet without one */
extern const struct cmek_option cmek_quiet_options[];
/** The catalogue is the caller's to free, after all that came of it. @p offline says what else the
 * command may read, for a message: ", or --assets FILE". */
CMEK_NODISCARD enum cmek_status cmek_feed_args(const char *offline, struct cmek_arena *arena,
                                               struct cmek_feed_options *ret_feed,
                                               struct cmek_catalogue **ret_catalogue,
                                               struct cmek_error *err);
/** The strongest of what says where to read from, as cmek_option_origin; NULL: nothing does. */
const char *cmek_args_source(void);
/* plan_args.c: options of scan alone */
extern const struct cmek_option cmek_plan_options[];
/** Fills in the plan, after the assets; for cmek_feed_args. */
CMEK_NODISCARD enum cmek_status cmek_plan_args(struct cmek_feed_options *feed,
                                               struct cmek_error *err);
/** --plan-changes-only. */
bool cmek_args_plan_changes_only(void);
struct cmek_file_policies;
/** Reads what --policy names. */
CMEK_NODISCARD enum cmek_status cmek_plan_policy_args(const struct cmek_catalogue *catalogue,
                                                      struct cmek_arena *arena,
                                                      struct cmek_file_policies *ret_policies,
                                                      struct cmek_error *err);
/** --container-registry-only, --verify-policies, --quiet. */
bool cmek_args_registry_only(void), cmek_args_verify_policies(void), cmek_args_quiet(void);

/* service_args.c: options of every command that is about some services */
extern const struct cmek_option cmek_service_options[];
/** The catalogue with --catalogue added and --services selected. The caller's to free. */
CMEK_NODISCARD enum cmek_status cmek_args_catalogue(struct cmek_catalogue **ret_catalogue,
                                                    struct cmek_error *err);
/** The one built in, with what a scan looks at by default selected. */
struct cmek_catalogue *cmek_args_default_catalogue(void);
/** Whether --services was given. */
bool cmek_args_choose_services(void);
/** Selects a service by its name; CMEK_E_USAGE suggests another. */
CMEK_NODISCARD enum cmek_status cmek_args_select(struct cmek_catalogue *catalogue, const char *name,
                                                 struct cmek_error *err);

/* report_args.c: options of every command that reports, that has a gate, that has rules */
extern const struct cmek_option cmek_report_options[], cmek_exit_options[], cmek_rule_options[];
#define CMEK_STATUSES_STANDARD "fail,unknown,waived"
/** Fills in reports, statuses (those of @p standard_statuses, a list, unless others are given),
 * style. */
CMEK_NODISCARD enum cmek_status cmek_output_args(struct cmek_arena *arena,
                                                 const char *standard_statuses,
                                                 struct cmek_scan_options *ret_options,
                                                 struct cmek_error *err);
/** Fills in the gate. */
CMEK_NODISCARD enum cmek_status cmek_exit_args(struct cmek_scan_options *ret_options,
                                               struct cmek_error *err);
/** The rules built in, with those of --rules and --severity; the caller's to free. */
CMEK_NODISCARD enum cmek_status cmek_rule_args(struct cmek_rule_set **ret_rules,
                                               struct cmek_error *err);
/** Fills in rules, reports, statuses, gate and style. The rules are the caller's to free. */
CMEK_NODISCARD enum cmek_status cmek_report_args(struct cmek_arena *arena,
                                                 struct cmek_scan_options *ret_options,
                                                 struct cmek_rule_set **ret_rules,
                                                 struct cmek_error *err);

/* gate_args.c: options of every command that judges */
extern const struct cmek_option cmek_gate_options[];
/** Fills in the waivers. */
CMEK_NODISCARD enum cmek_status cmek_gate_args(struct cmek_arena *arena,
                                               struct cmek_scan_options *ret_options,
                                               struct cmek_error *err);
/* shard_args.c: options of scan alone */
extern const struct cmek_option cmek_shard_options[];
/** Fills in the shard, once everything else is. */
CMEK_NODISCARD enum cmek_status cmek_shard_args(struct cmek_scan_options *options,
                                                struct cmek_error *err);
/* baseline_args.c: options of scan alone */
extern const struct cmek_option cmek_baseline_options[];
struct cmek_baseline;
/** Reads what --baseline names; the baseline is the caller's to free, whatever comes back. */
CMEK_NODISCARD enum cmek_status cmek_baseline_args(struct cmek_baseline *ret_baseline,
                                                   struct cmek_scan_options *ret_options,
                                                   struct cmek_error *err);
/** Days from 1 to CMEK_WAIVER_DAYS_MOST; NULL gives the default. */
CMEK_NODISCARD enum cmek_status cmek_waiver_days_parse(const char *text, int *ret_days,
                                                       struct cmek_error *err);

#endif
