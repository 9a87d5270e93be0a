using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Maps the core's exceptions to PowerShell error records.</summary>
internal static class ErrorRecords
{
    /// <summary>
    /// Creates the record: a single-word id, a category, the input as target, and the recommended action.
    /// </summary>
    public static ErrorRecord From(Exception exception, object? target)
    {
        (string id, ErrorCategory category, string action) = exception switch
        {
            NetworkException e => (e.Error.ToString(), Category(e.Error), e.RecommendedAction ?? Action(e.Error)),
            NetlinkException { MissingPrivilege: not null } => From(NetworkError.PermissionDenied),
            NetlinkException e => (e.ErrnoName, Category(e.ErrnoName), Action(e.ErrnoName)),
            _ => throw new ArgumentException("The exception isn't one of the core's.", nameof(exception)),
        };
        return new(exception, id, category, target) { ErrorDetails = new(exception.Message) { RecommendedAction = action } };
    }

    /// <summary>Whether every other input of the command would fail too.</summary>
    public static bool IsOfEnvironment(Exception exception) => exception switch
    {
        NetworkException e => e.Error is NetworkError.PermissionDenied or NetworkError.StateUnavailable,
        NetlinkException e => e.MissingPrivilege is not null,
        _ => false,
    };

    private static ErrorCategory Category(NetworkError error) => error switch
    {
        NetworkError.InvalidParameter or NetworkError.InvalidName or NetworkError.InvalidVlanId
            or NetworkError.InvalidAddress or NetworkError.SubnetOverlap or NetworkError.ParentUnsuitable
            or NetworkError.HostNamespace or NetworkError.HostAccessUnsuitable or NetworkError.ContainerAmbiguous
            or NetworkError.NamespaceShared or NetworkError.SegmentDiffers => ErrorCategory.InvalidArgument,
        NetworkError.NetworkNotFound or NetworkError.ParentNotFound or NetworkError.SubInterfaceNotFound
            or NetworkError.NamespaceNotFound or NetworkError.ProcessNotFound or NetworkError.NicNotFound
            or NetworkError.ContainerNotFound or NetworkError.InterfaceNotFound or NetworkError.AddressDatabaseNotFound
            or NetworkError.SegmentNotFound or NetworkError.HostNotFound
            => ErrorCategory.ObjectNotFound,
        NetworkError.NetworkExists or NetworkError.NamespaceExists or NetworkError.SubInterfaceExists
            or NetworkError.InterfaceExists or NetworkError.HostAccessExists or NetworkError.FileExists
            or NetworkError.AddressDatabaseExists => ErrorCategory.ResourceExists,
        NetworkError.NetworkInUse or NetworkError.NetworkChanged or NetworkError.ParentInUse or NetworkError.SubInterfaceInUse
            or NetworkError.NamespaceInUse or NetworkError.AddressInUse or NetworkError.AddressConflict
            or NetworkError.MacAddressInUse or NetworkError.AddressDatabaseInUse => ErrorCategory.ResourceBusy,
        NetworkError.AddressesExhausted or NetworkError.StateUnavailable or NetworkError.ContainerNotRunning
            or NetworkError.RuntimeUnavailable or NetworkError.RendererUnavailable or NetworkError.IPv6Unavailable
            or NetworkError.AddressDatabaseUnavailable => ErrorCategory.ResourceUnavailable,
        NetworkError.SearchIncomplete => ErrorCategory.LimitsExceeded,
        NetworkError.AddressDatabaseUnsuitable => ErrorCategory.ConnectionError,
        NetworkError.DhcpTimeout => ErrorCategory.OperationTimeout,
        NetworkError.InvalidDefinition => ErrorCategory.InvalidData,
        NetworkError.FileUnusable => ErrorCategory.OpenError,
        NetworkError.KernelTooOld or NetworkError.NoCounterpart => ErrorCategory.NotImplemented,
        NetworkError.PermissionDenied => ErrorCategory.PermissionDenied,
        _ => ErrorCategory.NotSpecified,
    };

    private static ErrorCategory Category(string errno) => errno switch
    {
        "EPERM" or "EACCES" => ErrorCategory.PermissionDenied,
        "EEXIST" or "EADDRINUSE" => ErrorCategory.ResourceExists,
        "EBUSY" => ErrorCategory.ResourceBusy,
        "ENODEV" or "ENOENT" or "ESRCH" => ErrorCategory.ObjectNotFound,
        "EINVAL" or "ERANGE" => ErrorCategory.InvalidArgument,
        "EOPNOTSUPP" => ErrorCategory.NotImplemented,
        "ETIMEDOUT" => ErrorCategory.OperationTimeout,
        "E2BIG" => ErrorCategory.LimitsExceeded,
        "EAGAIN" or "ENOMEM" or "ENOBUFS" or "EMFILE" or "ENFILE" or "ENETDOWN" => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.NotSpecified,
    };

    private static (string Id, ErrorCategory Category, string Action) From(NetworkError error) =>
        (error.ToString(), Category(error), Action(error));

    // The recommended actions for exceptions that don't have their own.
    private static string Action(NetworkError error) => error switch
    {
        NetworkError.InvalidAddress => "Compare it with the subnets: (Get-ContainerNetwork NAME).Subnets.",
        NetworkError.SubnetOverlap => "Omit one of them, or divide the larger one.",
        NetworkError.NetworkNotFound => "List the networks with Get-ContainerNetwork.",
        NetworkError.NetworkInUse => "Disconnect its NICs first, or use -Force.",
        NetworkError.NamespaceNotFound =>
            "List named namespaces with Get-NetworkNamespace; the namespace of a process is /proc/PID/ns/net.",
        NetworkError.ProcessNotFound => "Check the process id: Get-Process.",
        NetworkError.InterfaceExists => "Choose another name.",
        NetworkError.PermissionDenied =>
            "Run pwsh as root, or with the privileges that the message names; Get-Help about_MacIpvlan_Privileges lists what each cmdlet needs.",
        NetworkError.StateUnavailable => "Create a network first, or set the environment variable MACIPVLAN_STATE to the database.",
        NetworkError.HostAccessExists => "Use this access: Get-HostAccess.",
        NetworkError.InvalidDefinition => "Compare the file with the forms that Get-Help Import-ContainerNetwork describes.",
        // The others have their own: RecommendationTests.
        _ => "Get-Help about_MacIpvlan_Errors lists the causes of all errors.",
    };

    private static string Action(string errno) => errno switch
    {
        "EPERM" => "Run as root, or with the capabilities CAP_NET_ADMIN and CAP_SYS_ADMIN.",
        "EOPNOTSUPP" => "The kernel lacks this kind of link: load its module (modprobe macvlan, ipvlan, 8021q, dummy).",
        "ENETDOWN" => "Set the parent up first: ip link set dev PARENT up.",
        "EADDRINUSE" => "Use another address; two links on one parent can't have the same address.",
        "EAGAIN" => "This process or the host has too many threads or too little memory: end some, or raise the limit (ulimit -u).",
        "EMFILE" or "ENFILE" => "This process or the host has too many open files: raise the limit (ulimit -n), or start a new pwsh.",
        "E2BIG" => "Find out who fills this list, and empty it: ip -s route or ip -s neighbor in that namespace.",
        "ENOBUFS" => "Repeat the command; if it happens again, the host is short of memory.",
        _ => "Repeat the command with -Verbose to see which step failed.",
    };
}
