//! Looks at processor, memory, kernel and sound device.
#![expect(
    unsafe_code,
    reason = "landlock's version is asked for by a system call that no crate of ours wraps"
)]

use super::report::MachineReport;

/// What can be read without measuring.
pub fn look() -> MachineReport {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let kernel = read("/proc/sys/kernel/osrelease").trim().to_owned();
    let memory = value(&read("/proc/meminfo"), &["MemTotal"])
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    MachineReport {
        processor: value(&cpus, &["model name", "Model", "Hardware"]),
        cores: std::thread::available_parallelism().map_or(1, Into::into),
        memory_bytes: memory.map(|kilobytes| kilobytes * 1024),
        kernel: (!kernel.is_empty()).then_some(kernel),
        sound: motcua_sound::device_name(),
        landlock_abi: landlock_abi(),
        has_seccomp: read("/proc/sys/kernel/seccomp/actions_avail").contains("errno"),
    }
}

/// The value of the first of these keys in lines of `key : value`.
fn value(text: &str, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == *key).then(|| value.trim().to_owned())
        })
    })
}

/// The version of landlock's interface that the kernel offers.
fn landlock_abi() -> Option<u32> {
    /// `LANDLOCK_CREATE_RULESET_VERSION` of linux/landlock.h: answer with the version, make nothing.
    const VERSION: libc::c_uint = 1;
    // SAFETY: with this flag the call takes no attributes, of no length, and only returns a number.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    u32::try_from(answer).ok().filter(|version| *version > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_key() {
        let text = "processor\t: 0\nmodel name\t: Intel(R) N100\n";
        let found = value(text, &["model name", "Model"]);
        assert_eq!(found.as_deref(), Some("Intel(R) N100"));
        assert_eq!(value(text, &["Model"]), None);
        assert!(look().cores >= 1);
    }
}
