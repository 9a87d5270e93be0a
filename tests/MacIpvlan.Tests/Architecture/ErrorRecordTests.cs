using System.Management.Automation;
using MacIpvlan.Linux;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>The one map from exceptions to error records.</summary>
public sealed class ErrorRecordTests
{
    public static TheoryData<NetworkError> Errors => [.. Enum.GetValues<NetworkError>()];

    [Theory]
    [MemberData(nameof(Errors))]
    public void NetworkError_HasItsNameAsIdAndACategory(NetworkError error)
    {
        NetworkException exception = new(error, "It cannot be.", "Do something else.");

        ErrorRecord record = ErrorRecords.From(exception, "target");

        Assert.Equal(error.ToString(), record.FullyQualifiedErrorId);
        Assert.NotEqual(ErrorCategory.NotSpecified, record.CategoryInfo.Category);
        Assert.Same(exception, record.Exception);
        Assert.Equal("target", record.TargetObject);
        Assert.Equal(
            ("It cannot be.", "Do something else."),
            (record.ErrorDetails.Message, record.ErrorDetails.RecommendedAction));
    }

    [Theory]
    [InlineData(NetworkError.NetworkNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData(NetworkError.NetworkExists, ErrorCategory.ResourceExists)]
    [InlineData(NetworkError.AddressInUse, ErrorCategory.ResourceBusy)]
    [InlineData(NetworkError.ParentInUse, ErrorCategory.ResourceBusy)]
    [InlineData(NetworkError.AddressesExhausted, ErrorCategory.ResourceUnavailable)]
    [InlineData(NetworkError.InvalidAddress, ErrorCategory.InvalidArgument)]
    [InlineData(NetworkError.PermissionDenied, ErrorCategory.PermissionDenied)]
    public void NetworkError_HasAFittingCategory(NetworkError error, ErrorCategory category) =>
        Assert.Equal(category, ErrorRecords.From(new NetworkException(error, "text"), null).CategoryInfo.Category);

    [Theory]
    [InlineData(Errno.EPERM, "EPERM", ErrorCategory.PermissionDenied)]
    [InlineData(Errno.EACCES, "EACCES", ErrorCategory.PermissionDenied)]
    [InlineData(Errno.EEXIST, "EEXIST", ErrorCategory.ResourceExists)]
    [InlineData(Errno.EADDRINUSE, "EADDRINUSE", ErrorCategory.ResourceExists)]
    [InlineData(Errno.EBUSY, "EBUSY", ErrorCategory.ResourceBusy)]
    [InlineData(Errno.ENODEV, "ENODEV", ErrorCategory.ObjectNotFound)]
    [InlineData(Errno.EINVAL, "EINVAL", ErrorCategory.InvalidArgument)]
    [InlineData(Errno.EOPNOTSUPP, "EOPNOTSUPP", ErrorCategory.NotImplemented)]
    [InlineData(Errno.ETIMEDOUT, "ETIMEDOUT", ErrorCategory.OperationTimeout)]
    [InlineData(Errno.ENOBUFS, "ENOBUFS", ErrorCategory.ResourceUnavailable)]
    [InlineData(Errno.ENETDOWN, "ENETDOWN", ErrorCategory.ResourceUnavailable)]
    public void Errno_HasItsNameAsIdAndAFittingCategory(int errno, string id, ErrorCategory category)
    {
        ErrorRecord record = ErrorRecords.From(new NetlinkException("ip link show", errno), null);

        Assert.Equal((id, category), (record.FullyQualifiedErrorId, record.CategoryInfo.Category));
        Assert.NotEmpty(record.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData(Errno.EPERM, "PermissionDenied")]
    [InlineData(Errno.EACCES, "PermissionDenied")]
    [InlineData(Errno.EBUSY, "EBUSY")]
    public void Errno_ThatTellsOfAMissingPrivilegeIsThatError(int errno, string id)
    {
        NetlinkException refusal = new("setns web1", errno, privilege: "CAP_SYS_ADMIN");

        Assert.Equal(id, ErrorRecords.From(refusal, null).FullyQualifiedErrorId);
        Assert.Equal(id == "PermissionDenied", refusal.Message.EndsWith("This process lacks CAP_SYS_ADMIN.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void OnlyTheEnvironmentsErrors_EndTheCommand(NetworkError error) => Assert.Equal(
        error is NetworkError.PermissionDenied or NetworkError.StateUnavailable,
        ErrorRecords.IsOfEnvironment(new NetworkException(error, "text")));

    [Theory]
    [InlineData(Errno.EPERM, "CAP_NET_ADMIN", true)]
    [InlineData(Errno.EACCES, "CAP_NET_ADMIN", true)]
    // IPv6 is off on the link, for example.
    [InlineData(Errno.EACCES, null, false)]
    [InlineData(Errno.EPERM, null, false)]
    [InlineData(Errno.EBUSY, "CAP_NET_ADMIN", false)]
    [InlineData(Errno.EEXIST, null, false)]
    public void OnlyALackOfRights_EndsTheCommand(int errno, string? privilege, bool ends) =>
        Assert.Equal(ends, ErrorRecords.IsOfEnvironment(new NetlinkException("ip link show", errno, privilege: privilege)));

    [Fact]
    public void OtherExceptions_AreNotErrorsOfTheModule() =>
        Assert.Throws<ArgumentException>(() => ErrorRecords.From(new InvalidOperationException(), null));
}
