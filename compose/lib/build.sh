# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# `swift build` with its progress in one line.

# "61 % · 210 of 344 · Compiling NIOCore" from the build's own output; the planning before it counts nothing.
build_progress() {
    awk '
        /^Building for / { building = 1; steps = ""; next }
        /^(Fetching|Updating|Computing|Cloning|Creating working copy|Working copy)/ { what = $1 " " $NF; next }
        building && match($0, /^\[[0-9]+\/[0-9]+\] /) {
            split(substr($0, 2, RLENGTH - 3), n, "/")
            text = substr($0, RLENGTH + 1)
            if (text ~ /^(Compiling|Linking|Emitting)/) { split(text, w, " "); what = w[1] " " w[2] }
            if (n[2] > 0) steps = sprintf("%d %% · %d of %d · ", 100 * n[1] / n[2], n[1], n[2])
        }
        END { printf "%s%s", steps, what == "" ? "starting" : what }
    ' "$RUN/logs/build.log"
}

# `build ARGUMENTS…` builds the release configuration. The whole output is in $RUN/logs/build.log.
build() {
    local began log=$RUN/logs/build.log place
    began=$(microseconds)
    announce Build "swift build -c release${*:+ $*}"
    : >"$log"
    spawn swift build --package-path "$ROOT" -c release "$@" >"$log" 2>&1
    while ! child_gone; do
        progress "$(build_progress)"
        sleep 0.5
    done
    if ! child_status; then
        wipe
        place=$(short "$log")
        if grep -qaE 'No space left on device' "$log"; then
            fail "the disk became full while building; free some space (a first build takes 5 GB) and try again."
        elif grep -qaE 'unable to access|Could not resolve host|Failed to clone' "$log"; then
            fail "a package could not be fetched ($(grep -aE 'unable to access|Could not resolve host|Failed to clone' "$log" | tail -n 1)); check the network and try again."
        elif grep -qaE 'Killed|signal 9|out of memory' "$log"; then
            fail "the compiler was killed, which is nearly always too little memory; give the machine 4 GB or more and try again (see $place)."
        fi
        grep -aE 'error: ' "$log" | grep -av '`- error' | awk '!seen[$0]++' | head -n 12 >&2 || true
        fail "swift build failed; the errors are above and everything is in $place."
    fi
    finish "complete in $(((($(microseconds) - began) / 100000 + 5) / 10)) s"
}
