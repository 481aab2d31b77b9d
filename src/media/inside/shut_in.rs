//! Shutting the decoder in, before it touches the first byte of a file.
//!
//! Invariant: from [`shut_in`] on this process can read what it was handed, write to the memory and the
//! socket it was handed, and nothing else: no file, no network, no other process, no executable memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    Scope,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Memory for a picture of 64 megapixels or a film of 8K, with what decoding them takes. What asks for more
/// is a bomb.
const MEMORY: u64 = 1 << 30;
/// Decoding gives way to drawing: a picture that is drawn late is seen, one that is decoded late waits.
const NICENESS: i32 = 4;

/// Why a decoder cannot be shut in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShutInError {
    #[error("the limits cannot be set: {0}")]
    Limits(#[from] rustix::io::Errno),
    #[error("the filter of system calls cannot be made: {0}")]
    Filter(#[from] seccompiler::BackendError),
    #[error("the filter of system calls cannot be put in force: {0}")]
    Force(#[from] seccompiler::Error),
    #[error("this processor's system calls are not known")]
    Processor,
}

/// Shuts this process in.
///
/// # Errors
/// Where the kernel has no filter of system calls. Landlock is used where there is any.
pub(crate) fn shut_in() -> Result<(), ShutInError> {
    // The first to go where memory runs out. The file is not there in every container.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let _ = rustix::process::nice(NICENESS);
    limit(Resource::Data, MEMORY)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    if let Err(error) = forbid_files() {
        // The filter below denies opening all the same.
        tracing::debug!(%error, "landlock is not to be had");
    }
    rustix::thread::set_no_new_privs(true)?;
    let architecture =
        TargetArch::try_from(std::env::consts::ARCH).map_err(|_| ShutInError::Processor)?;
    // In this order: the second denies putting any filter in force. There is one thread so far.
    seccompiler::apply_filter(&unknown(architecture)?)?;
    seccompiler::apply_filter(&allowed(architecture)?)?;
    Ok(())
}

fn limit(resource: Resource, to: u64) -> Result<(), rustix::io::Errno> {
    let limits = Rlimit {
        current: Some(to),
        maximum: Some(to),
    };
    setrlimit(resource, limits)
}

/// Closes whatever the player's process left open: standard input is the socket. To be called first.
#[expect(unsafe_code, reason = "there is no safe wrapper of close_range")]
pub(crate) fn close_all_but_the_socket() {
    // SAFETY: nothing of this process owns a descriptor above standard error yet.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
}

fn forbid_files() -> Result<(), landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .scope(Scope::Signal | Scope::AbstractUnixSocket)?
        .create()?
        .restrict_self()
        .map(drop)
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// What decoding takes. Everything else is refused with "operation not permitted", which libraries live with.
fn allowed(architecture: TargetArch) -> Result<BpfProgram, seccompiler::BackendError> {
    let free = [
        // Memory; `mmap` and `mprotect` below.
        libc::SYS_brk,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        // What was handed over.
        libc::SYS_read,
        libc::SYS_pread64,
        libc::SYS_readv,
        libc::SYS_preadv,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_fcntl,
        libc::SYS_close,
        libc::SYS_sendmsg,
        libc::SYS_recvmsg,
        libc::SYS_ppoll,
        libc::SYS_write,
        libc::SYS_writev,
        // Threads; `clone` below, and `clone3` in the other filter.
        libc::SYS_clone3,
        libc::SYS_futex,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_set_tid_address,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_getcpu,
        libc::SYS_membarrier,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_restart_syscall,
        // Signals of its own: a panic aborts.
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_tgkill,
        // Time, chance, and facts about the machine.
        libc::SYS_clock_gettime,
        libc::SYS_clock_getres,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_getrandom,
        libc::SYS_sysinfo,
        libc::SYS_uname,
        libc::SYS_getrusage,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_time,
    ];
    let mut rules: Rules = free.into_iter().map(|call| (call, Vec::new())).collect();
    let not_executable = || {
        let executable = libc::PROT_EXEC as u64;
        condition(2, SeccompCmpOp::MaskedEq(executable), 0)
    };
    rules.insert(libc::SYS_mmap, vec![not_executable()?]);
    rules.insert(libc::SYS_mprotect, vec![not_executable()?]);
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(
        libc::SYS_clone,
        vec![condition(0, SeccompCmpOp::MaskedEq(thread), thread)?],
    );
    // The thread's name alone.
    let name = libc::PR_SET_NAME as u64;
    rules.insert(libc::SYS_prctl, vec![condition(0, SeccompCmpOp::Eq, name)?]);
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}

/// The C library starts threads by `clone3`, whose flags no filter can see; where that is not there it takes
/// `clone`.
fn unknown(architecture: TargetArch) -> Result<BpfProgram, seccompiler::BackendError> {
    let rules: Rules = [(libc::SYS_clone3, Vec::new())].into_iter().collect();
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, missing, architecture)?.try_into()
}

fn condition(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, seccompiler::BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)?;
    SeccompRule::new(vec![condition])
}

impl From<ShutInError> for io::Error {
    fn from(error: ShutInError) -> Self {
        Self::other(error)
    }
}
