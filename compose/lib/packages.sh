# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# The Debian packages this needs, and nothing of the system's own daemons.

# Servers, the C libraries the clients are built on, and what a Swift toolchain that was only unpacked still needs.
PACKAGES=(
    postgresql-15 redis-server rabbitmq-server kannel
    libpq-dev librabbitmq-dev libhiredis-dev libturbojpeg0-dev libqrencode-dev
    libpango1.0-dev libcairo2-dev fonts-noto-cjk fonts-hanazono
    libc6-dev libgcc-12-dev libstdc++-12-dev binutils git ca-certificates
    libcurl4 libncurses6 libsqlite3-0 libxml2 zlib1g-dev tzdata
)

POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# youdai: keeps packages from starting system services while compose installs them'

missing_packages() {
    local package
    for package in "${PACKAGES[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
    done
}

# Debian starts a daemon when its package is installed. This forbids it while we install, unless the machine has a rule
# of its own, which then stands. The mark lets a later run take back what a killed one left behind.
forbid_daemons() {
    [[ ! -e $POLICY ]] || return 0
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" | "${AS_ROOT[@]}" tee "$POLICY" >/dev/null
    "${AS_ROOT[@]}" chmod 755 "$POLICY"
}

allow_daemons() {
    if grep -qsxF "$POLICY_MARK" "$POLICY"; then "${AS_ROOT[@]}" rm -f "$POLICY"; fi
}

AS_ROOT=()

# `apt_get ARGUMENTS…` runs apt-get with its output in the log and says where it stands. An interrupted dpkg would leave the
# machine with half a package, so it is never cut off.
apt_get() {
    local status=0
    CHILD_FINISHES=apt-get
    spawn "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -y "$@" >>"$RUN/logs/packages.log" 2>&1
    while ! child_gone; do
        progress "$(grep -aE '^(Get|Hit|Unpacking|Setting up|Reading|Waiting)' "$RUN/logs/packages.log" | tail -n 1)"
        sleep 0.5
    done
    child_status || status=$?
    CHILD_FINISHES=''
    return "$status"
}

# Units that came only because of us are not started at the next boot either.
leave_daemons_off() {
    local package units=()
    [[ -d /run/systemd/system ]] || return 0
    for package; do
        case $package in
        postgresql-15) units+=(postgresql.service) ;;
        redis-server | rabbitmq-server | kannel) units+=("$package.service") ;;
        esac
    done
    ((${#units[@]})) || return 0
    "${AS_ROOT[@]}" systemctl --quiet disable "${units[@]}" >>"$RUN/logs/packages.log" 2>&1 || true
}

# sudo without a password, or with one when somebody is there to type it.
may_use_sudo() {
    command -v sudo >/dev/null || return 1
    if sudo -n true 2>/dev/null; then return 0; fi
    [[ -t 0 ]] || return 1
    wipe
    sudo -v
}

ensure_packages() {
    local missing
    begin Packages "looking"
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} == 0)); then
        finish "all ${#PACKAGES[@]} are installed"
        return
    fi
    if [[ $EUID != 0 ]]; then
        may_use_sudo ||
            fail "these Debian packages are missing and $(id -un) may not install them; as root run: apt-get install --no-install-recommends ${missing[*]}"
        AS_ROOT=(sudo)
    fi
    announce Packages "installing ${missing[*]}"
    : >"$RUN/logs/packages.log"
    at_exit allow_daemons
    allow_daemons
    forbid_daemons
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then apt_get update || true; fi
    if ! apt_get install --no-install-recommends "${missing[@]}"; then
        # Old package lists name files that the mirror no longer has; a new list and one more try settle that.
        note "the first try failed; fetching the package lists and trying once more"
        apt_get update || true
        apt_get install --no-install-recommends "${missing[@]}" ||
            fail "apt-get could not install ${missing[*]} ($(grep -a '^E: ' "$RUN/logs/packages.log" | tail -n 1)); check the network and $(short "$RUN/logs/packages.log"), then try again."
    fi
    allow_daemons
    leave_daemons_off "${missing[@]}"
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || fail "apt-get said yes but ${missing[*]} is not installed; see $(short "$RUN/logs/packages.log")."
    finish "installed"
}
