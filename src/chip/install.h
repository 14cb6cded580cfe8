/* Installing a certificate: UPDATE BINARY into a volatile staging buffer, ACTIVATE FILE swaps key,
 * leaf and authority certificate in one commit. docs/PROTOCOL.card-administration, section 3. */
#pragma once

#include "chip/session.h"

command_function install_stage, install_activate;
