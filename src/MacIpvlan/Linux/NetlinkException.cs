namespace MacIpvlan;

/// <summary>The kernel refused a step: a netlink request, or a system call around one.</summary>
public sealed class NetlinkException : Exception
{
    /// <summary>Describes a refused step. Names of others in the texts are cleaned: <see cref="PrintableText"/>.</summary>
    /// <param name="step">The step, as the equivalent ip command or the name of the system call.</param>
    /// <param name="errno">The kernel's error number, positive.</param>
    /// <param name="kernelText">The text of the extended acknowledgement; null if the kernel sent none.</param>
    /// <param name="privilege">The privilege that the step needs; null if unknown.</param>
    public NetlinkException(string step, int errno, string? kernelText = null, string? privilege = null)
        : base(PrintableText.Clean(Describe(step, errno, kernelText) + Explain(errno, privilege))) =>
        (Step, Errno, KernelText, MissingPrivilege) =
            (PrintableText.Clean(step), errno, kernelText is null ? null : PrintableText.Clean(kernelText), IsDenial(errno) ? privilege : null);

    /// <summary>What the step was for, if the message must say so.</summary>
    internal string? Context { get; set; }

    /// <summary>What the step was for, the step, and the kernel's answer.</summary>
    public override string Message => Context is null ? base.Message : $"{PrintableText.Clean(Context)}: {base.Message}";

    /// <summary>The step, as the equivalent ip command or the name of the system call.</summary>
    public string Step { get; }

    /// <summary>The error number of asm-generic/errno.h, positive.</summary>
    public int Errno { get; }

    /// <summary>The symbolic name of the error number, such as EBUSY.</summary>
    public string ErrnoName => Linux.Errno.Name(Errno);

    /// <summary>The text of the extended acknowledgement (NLMSGERR_ATTR_MSG); null if the kernel sent none.</summary>
    public string? KernelText { get; }

    /// <summary>
    /// Whether the kernel's answer was lost, so that it's unknown whether the change was made.
    /// </summary>
    internal bool IsAnswerLost { get; init; }

    /// <summary>The privilege that this process lacks; null if the kernel refused for another reason.</summary>
    public string? MissingPrivilege { get; }

    private static bool IsDenial(int errno) => errno is Linux.Errno.EPERM or Linux.Errno.EACCES;

    private static string Explain(int errno, string? privilege) =>
        privilege is not null && IsDenial(errno) ? $" This process lacks {privilege}." : "";

    private static string Describe(string step, int errno, string? kernelText) => kernelText is null
        ? $"{step}: {Linux.Errno.Text(errno)} ({Linux.Errno.Name(errno)})."
        : $"{step}: {kernelText.TrimEnd('.')} ({Linux.Errno.Name(errno)}: {Linux.Errno.Text(errno)}).";
}
