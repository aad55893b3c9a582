/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "cli/cmd.h"

int main(int argc, char **argv)
{
    /* A closed pipe and a file-size limit are write errors like any other: exit status 4. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return cmek_main(argc, argv);
}
