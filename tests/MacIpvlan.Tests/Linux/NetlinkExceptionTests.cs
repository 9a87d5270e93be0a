using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Linux;

/// <summary>What the kernel refused, in words.</summary>
public sealed class NetlinkExceptionTests
{
    [Theory]
    [InlineData(Errno.EBUSY, null, "ip link show: Device or resource busy (EBUSY).")]
    [InlineData(Errno.EINVAL, "mtu too large", "ip link show: mtu too large (EINVAL: Invalid argument).")]
    // Some of the kernel's texts end in a full stop, most do not.
    [InlineData(Errno.EINVAL, "mtu too large.", "ip link show: mtu too large (EINVAL: Invalid argument).")]
    // A number that has no name here, and numbers that no kernel sends.
    [InlineData(117, null, "ip link show: Structure needs cleaning (E117).")]
    public void Message_HasStepTextAndNumber(int errno, string? kernelText, string message)
    {
        NetlinkException e = new("ip link show", errno, kernelText);

        Assert.Equal(message, e.Message);
        Assert.Equal(("ip link show", errno, kernelText), (e.Step, e.Errno, e.KernelText));
    }

    [Theory]
    [InlineData(1, "EPERM")]
    [InlineData(2, "ENOENT")]
    [InlineData(3, "ESRCH")]
    [InlineData(13, "EACCES")]
    [InlineData(16, "EBUSY")]
    [InlineData(17, "EEXIST")]
    [InlineData(19, "ENODEV")]
    [InlineData(22, "EINVAL")]
    [InlineData(34, "ERANGE")]
    [InlineData(74, "EBADMSG")]
    [InlineData(95, "EOPNOTSUPP")]
    [InlineData(97, "EAFNOSUPPORT")]
    [InlineData(98, "EADDRINUSE")]
    [InlineData(99, "EADDRNOTAVAIL")]
    [InlineData(100, "ENETDOWN")]
    [InlineData(101, "ENETUNREACH")]
    [InlineData(105, "ENOBUFS")]
    [InlineData(110, "ETIMEDOUT")]
    [InlineData(113, "EHOSTUNREACH")]
    public void Name_IsThatOfErrnoH(int errno, string name) =>
        Assert.Equal(name, new NetlinkException("x", errno).ErrnoName);

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MinValue)]
    public void Name_OfWhatIsNoErrorNumberDoesNotFail(int errno) =>
        Assert.StartsWith("E", new NetlinkException("x", errno).ErrnoName, StringComparison.Ordinal);
}
