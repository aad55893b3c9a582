/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_plan.h  A Terraform or OpenTofu plan as records: what will be once it is
 * applied.
 *
 * Reads what `terraform show -json PLAN` prints (format_version 1.x). Resources, projects, folders,
 * keys and organization policies come as records of the state after the plan, newer than any other
 * record, so that they take the place of what an asset file or a live scan says of the same name;
 * what the plan deletes comes as a record that is deleted.
 */
#ifndef CMEK_SOURCE_TERRAFORM_PLAN_H
#define CMEK_SOURCE_TERRAFORM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/record.h"

struct cmek_catalogue;

/** Reads the resources of the catalogue's selected services, and what they are judged by, from the
 * plan at @p path ("-": standard input). @p directory: where its *.tf files are, to find the lines
 * of its resources; NULL: in its own folder (of standard input: the working one). @p left_out:
 * counts, by service, the resources that were not read because their service is not selected, as
 * many as the catalogue has services; NULL: not asked. CMEK_E_IO: it cannot be read;
 * CMEK_E_INVALID: it is no plan. */
CMEK_NODISCARD enum cmek_status cmek_terraform_plan_read(const struct cmek_catalogue *catalogue,
                                                         const char *path, const char *directory,
                                                         const struct cmek_record_sink *sink,
                                                         uint64_t *left_out,
                                                         struct cmek_error *err);

#endif
