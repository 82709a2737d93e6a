# shellcheck shell=bash
# Everything the scripts share, in the order it builds on itself.
LIBRARY=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=compose/lib/common.sh
source "$LIBRARY/common.sh"
# shellcheck source=compose/lib/processes.sh
source "$LIBRARY/processes.sh"
# shellcheck source=compose/lib/checks.sh
source "$LIBRARY/checks.sh"
# shellcheck source=compose/lib/packages.sh
source "$LIBRARY/packages.sh"
# shellcheck source=compose/lib/build.sh
source "$LIBRARY/build.sh"
# shellcheck source=compose/lib/configuration.sh
source "$LIBRARY/configuration.sh"
# shellcheck source=compose/lib/servers.sh
source "$LIBRARY/servers.sh"
# shellcheck source=compose/lib/kannel.sh
source "$LIBRARY/kannel.sh"
# shellcheck source=compose/lib/services.sh
source "$LIBRARY/services.sh"
