//! The sections and keys systemd knows in a service (`src/core/load-fragment-gperf.gperf.in`).
//!
//! Keys that newer versions brought are in the lists too: an older systemd only warns about them.

use std::sync::OnceLock;

use hashbrown::HashSet;

/// The sections of a service.
pub(super) const SECTIONS: [&str; 3] = ["Unit", "Service", "Install"];

/// Whether `key` is known in `section`.
pub(super) fn is_known(section: &str, key: &str) -> bool {
    static KNOWN: OnceLock<[HashSet<String>; 3]> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let conditions = CONDITIONS
            .split_ascii_whitespace()
            .flat_map(|kind| [format!("Condition{kind}"), format!("Assert{kind}")]);
        [
            words(UNIT).chain(conditions).collect(),
            words(SERVICE)
                .chain(words(EXEC))
                .chain(words(CGROUP))
                .collect(),
            words(INSTALL).collect(),
        ]
    });
    let mut sections = SECTIONS.iter().zip(known);
    sections.any(|(name, keys)| *name == section && keys.contains(key))
}

/// Whether `key` is known in any section of a service.
pub(super) fn is_known_anywhere(key: &str) -> bool {
    SECTIONS.iter().any(|section| is_known(section, key))
}

fn words(list: &str) -> impl Iterator<Item = String> + '_ {
    list.split_ascii_whitespace().map(str::to_owned)
}

const INSTALL: &str = "Alias WantedBy RequiredBy UpheldBy Also DefaultInstance";

const UNIT: &str = "
    Description Documentation SourcePath Requires Requisite Wants BindsTo BindTo Upholds Conflicts
    Before After OnSuccess OnFailure PropagatesReloadTo PropagateReloadTo ReloadPropagatedFrom
    PropagateReloadFrom PropagatesStopTo StopPropagatedFrom PartOf JoinsNamespaceOf
    RequiresOverridable RequisiteOverridable RequiresMountsFor WantsMountsFor StopWhenUnneeded
    RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies SurviveFinalKillSignal
    OnSuccessJobMode OnFailureJobMode OnFailureIsolate IgnoreOnIsolate IgnoreOnSnapshot
    JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument
    StartLimitIntervalSec StartLimitInterval StartLimitBurst StartLimitAction FailureAction
    SuccessAction FailureActionExitStatus SuccessActionExitStatus RebootArgument CollectMode";

/// What stands behind `Condition` and `Assert`.
const CONDITIONS: &str = "
    PathExists PathExistsGlob PathIsDirectory PathIsSymbolicLink PathIsMountPoint PathIsReadWrite
    PathIsEncrypted PathIsSocket DirectoryNotEmpty FileNotEmpty FileIsExecutable NeedsUpdate
    FirstBoot Architecture Firmware Virtualization Host KernelCommandLine KernelVersion Version
    Credential Security Capability ACPower Memory CPUFeature CPUs Environment User Group
    ControlGroupController OSRelease MachineTag MemoryPressure CPUPressure IOPressure
    KernelModuleLoaded Null";

const SERVICE: &str = "
    PIDFile ExecCondition ExecStartPre ExecStart ExecReload ExecReloadPost ExecStartPost ExecStop
    ExecStopPost RestartSec RestartSteps RestartMaxDelaySec TimeoutSec TimeoutStartSec
    TimeoutStopSec TimeoutAbortSec TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec
    RuntimeRandomizedExtraSec WatchdogSec StartLimitInterval StartLimitBurst StartLimitAction
    FailureAction RebootArgument Type ExitType Restart RestartMode PermissionsStartOnly
    RootDirectoryStartOnly RemainAfterExit GuessMainPID RestartPreventExitStatus
    RestartForceExitStatus SuccessExitStatus SysVStartPriority NonBlocking BusName
    FileDescriptorStoreMax FileDescriptorStorePreserve NotifyAccess Sockets BusPolicy
    USBFunctionDescriptors USBFunctionStrings OOMPolicy OpenFile ReloadSignal RefreshOnReload";

const EXEC: &str = "
    WorkingDirectory RootDirectory RootImage RootImageOptions RootImagePolicy RootHash
    RootHashSignature RootVerity RootEphemeral RootMStack ExtensionDirectories ExtensionImages
    ExtensionImagePolicy MountImages MountImagePolicy User Group SupplementaryGroups
    SetLoginEnvironment Nice OOMScoreAdjust CoredumpFilter IOSchedulingClass IOSchedulingPriority
    CPUSchedulingPolicy CPUSchedulingPriority CPUSchedulingResetOnFork CPUAffinity NUMAPolicy
    NUMAMask UMask Environment EnvironmentFile PassEnvironment UnsetEnvironment DynamicUser
    RemoveIPC StandardInput StandardOutput StandardError StandardInputText StandardInputData
    TTYPath TTYReset TTYVHangup TTYVTDisallocate TTYRows TTYColumns SyslogIdentifier
    SyslogFacility SyslogLevel SyslogLevelPrefix LogLevelMax LogRateLimitIntervalSec
    LogRateLimitBurst LogExtraFields LogFilterPatterns Capabilities SecureBits
    CapabilityBoundingSet AmbientCapabilities TimerSlackNSec NoNewPrivileges KeyringMode
    ProtectProc ProcSubset PrivateBPF BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms
    BPFDelegateAttachments SystemCallFilter SystemCallArchitectures SystemCallErrorNumber
    SystemCallLog MemoryDenyWriteExecute RestrictNamespaces RestrictRealtime RestrictSUIDSGID
    RestrictAddressFamilies LockPersonality DelegateNamespaces RestrictFileSystems LandlockConfig
    LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC
    LimitMEMLOCK LimitLOCKS LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME
    ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ReadWritePaths ReadOnlyPaths
    InaccessiblePaths ExecPaths NoExecPaths ExecSearchPath BindPaths BindReadOnlyPaths
    TemporaryFileSystem PrivateTmp PrivateDevices ProtectKernelTunables ProtectKernelModules
    ProtectKernelLogs ProtectClock ProtectControlGroups NetworkNamespacePath IPCNamespacePath
    UserNamespacePath LogNamespace PrivateNetwork PrivateUsers PrivateMounts PrivateIPC PrivatePIDs
    ProtectSystem ProtectHome MountFlags MountAPIVFS BindLogSockets Personality
    RuntimeDirectoryPreserve RuntimeDirectoryMode RuntimeDirectory StateDirectoryMode
    StateDirectoryAccounting StateDirectoryQuota StateDirectory CacheDirectoryMode
    CacheDirectoryAccounting CacheDirectoryQuota CacheDirectory LogsDirectoryMode
    LogsDirectoryAccounting LogsDirectoryQuota LogsDirectory ConfigurationDirectoryMode
    ConfigurationDirectory SetCredential SetCredentialEncrypted LoadCredential
    LoadCredentialEncrypted ImportCredential TimeoutCleanSec PAMName IgnoreSIGPIPE UtmpIdentifier
    UtmpMode SELinuxContext AppArmorProfile SmackProcessLabel ProtectHostname MemoryKSM
    MemoryTHP SendSIGKILL SendSIGHUP KillMode KillSignal RestartKillSignal FinalKillSignal
    WatchdogSignal";

const CGROUP: &str = "
    Slice AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes
    CPUAccounting CPUWeight StartupCPUWeight CPUShares StartupCPUShares CPUQuota CPUQuotaPeriodSec
    MemoryAccounting MemoryMin DefaultMemoryMin DefaultMemoryLow DefaultStartupMemoryLow MemoryLow
    StartupMemoryLow MemoryHigh StartupMemoryHigh MemoryMax StartupMemoryMax MemorySwapMax
    StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax MemoryZSwapWriteback MemoryLimit
    DeviceAllow DevicePolicy IOAccounting IOWeight StartupIOWeight IODeviceWeight
    IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec
    BlockIOAccounting BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight BlockIOReadBandwidth
    BlockIOWriteBandwidth TasksAccounting TasksMax Delegate DelegateSubgroup DisableControllers
    DelegateControllers IPAccounting IPAddressAllow IPAddressDeny IPIngressFilterPath
    IPEgressFilterPath ManagedOOMSwap ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit
    ManagedOOMMemoryPressureDurationSec ManagedOOMPreference NetClass BPFProgram SocketBindAllow
    SocketBindDeny RestrictNetworkInterfaces BindNetworkInterface MemoryPressureThresholdSec
    MemoryPressureWatch CPUPressureThresholdSec CPUPressureWatch IOPressureThresholdSec
    IOPressureWatch NFTSet CoredumpReceive";
