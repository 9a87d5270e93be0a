using MacIpvlan.Containers;

namespace MacIpvlan.Tests.Containers;

/// <summary>Which container a process is of, by what /proc/PID/cgroup says.</summary>
public sealed class ContainerCgroupTests
{
    private const string Id = "74da1688a1ce50f997f2c3f3d29e3571c80fae5c0687c064d6c78053cb1f5588";
    private const string Other = "d6d3f356b539b54afcab24eb3522b9ecb507568f22b213edd352104afa84e001";
    private const string Pod = "poda7b3f1b0_6f1c_4b0e_9e7d_1f4a5b6c7d8e.slice";

    [Theory]
    // Version 2, with systemd and without.
    [InlineData("0::/system.slice/docker-ID.scope\n", ContainerRuntime.Docker)]
    [InlineData("0::/docker/ID\n", ContainerRuntime.Docker)]
    [InlineData("0::/system.slice/docker-ID.scope/init.scope\n", ContainerRuntime.Docker)]
    [InlineData("0::/machine.slice/libpod-ID.scope/container\n", ContainerRuntime.Podman)]
    [InlineData("0::/libpod_parent/libpod-ID\n", ContainerRuntime.Podman)]
    [InlineData("0::/system.slice/web.service/libpod-payload-ID\n", ContainerRuntime.Podman)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope/container\n", ContainerRuntime.Podman)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-POD/cri-containerd-ID.scope\n", ContainerRuntime.Containerd)]
    [InlineData("0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-POD/crio-ID.scope\n", ContainerRuntime.CriO)]
    [InlineData("0::/system.slice/nerdctl-ID.scope\n", ContainerRuntime.Containerd)]
    [InlineData("0::/system.slice/containerd.service/kubepods-burstable-POD:cri-containerd:ID\n", ContainerRuntime.Containerd)]
    [InlineData("0::/default/ID\n", ContainerRuntime.Unknown)]
    [InlineData("0::/../../docker/ID\n", ContainerRuntime.Docker)]
    // Version 1, and both.
    [InlineData("12:pids:/docker/ID\n11:cpu,cpuacct:/docker/ID\n1:name=systemd:/docker/ID\n", ContainerRuntime.Docker)]
    [InlineData("9:name=systemd:/libpod_parent/libpod-ID\n8:pids:/libpod_parent/libpod-ID\n0::/libpod_parent/libpod-ID\n", ContainerRuntime.Podman)]
    [InlineData("4:memory:/kubepods/burstable/podA/ID\n3:cpuset:/kubepods/burstable/podA/ID\n", ContainerRuntime.Unknown)]
    [InlineData("4:memory:/kubepods/besteffort/podA/crio-ID\n0::/\n", ContainerRuntime.CriO)]
    // Docker puts nothing into hierarchies without controllers.
    [InlineData("2:devices:/system.slice/docker-ID.scope\n1:name=systemd:/system.slice/docker-ID.scope\n0::/system.slice/containerd.service\n", ContainerRuntime.Docker)]
    public void Container_IsKnownByItsGroup(string text, ContainerRuntime runtime)
    {
        ContainerCgroup? found = ContainerCgroup.Parse(text.Replace("ID", Id).Replace("POD", Pod));

        Assert.NotNull(found);
        Assert.Equal((Id, runtime), (found.Id, found.Runtime));
        Assert.Contains(Id, found.Path.Split('/')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("0::/\n")]
    [InlineData("0::/user.slice/user-0.slice/session-1.scope\n")]
    [InlineData("ID")]
    [InlineData("0::")]
    [InlineData(":::::ID")]
    // What watches over a container from outside.
    [InlineData("0::/machine.slice/libpod-conmon-ID.scope\n")]
    [InlineData("0::/system.slice/crio-conmon-ID.scope\n")]
    [InlineData("0::/system.slice/docker-ID.scope.d\n")]
    [InlineData("0::/system.slice/evildocker-ID.scope\n")]
    [InlineData("0::/docker/IDf\n")]
    [InlineData("0::/docker/ID (deleted)\n")]
    [InlineData("0::/lxc.payload.web1\n")]
    [InlineData("1:docker/ID:/\n")]
    [InlineData("0::/\u001b[2J/docker/ID\n")]
    public void Group_OfNoContainerIsNone(string text) => Assert.Null(ContainerCgroup.Parse(text.Replace("ID", Id)));

    [Theory]
    [InlineData("0::/docker/ID/docker/OTHER\n")]
    [InlineData("0::/system.slice/docker-ID.scope/system.slice/docker-OTHER.scope\n")]
    [InlineData("5:memory:/docker/ID/kubepods/burstable/podA/OTHER\n4:pids:/docker/ID\n0::/docker/ID/libpod-OTHER\n")]
    public void Group_MadeWithinAContainerIsOfThatContainer(string text) =>
        Assert.Equal(Id, ContainerCgroup.Parse(text.Replace("ID", Id).Replace("OTHER", Other))!.Id);

    [Fact]
    public void Hierarchies_ThatContradictEachOtherTellNothing() =>
        Assert.Null(ContainerCgroup.Parse($"5:memory:/docker/{Id}\n4:pids:/docker/{Other}\n"));

    [Theory]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/docker-ID.scope", 1000u)]
    [InlineData("/user.slice/user-0.slice/session-4.scope/libpod-ID", 0u)]
    [InlineData("/system.slice/docker-ID.scope", null)]
    [InlineData("/docker/ID", null)]
    public void User_IsTheOneWhoseSessionHoldsTheGroup(string path, uint? user) =>
        Assert.Equal(user, ContainerCgroup.Parse($"0::{path.Replace("ID", Id)}\n")!.User);

    [Theory]
    [InlineData("/system.slice/docker-ID.scope")]
    [InlineData("/docker-ID.scope")]
    [InlineData("/docker/ID")]
    [InlineData("/default/ID")]
    [InlineData("/k8s.io/ID")]
    [InlineData("/../../docker/ID")]
    [InlineData("/machine.slice/libpod-ID.scope")]
    [InlineData("/libpod_parent/libpod-ID")]
    [InlineData("/kubepods/burstable/podA/ID")]
    [InlineData("/kubepods/besteffort/podA/crio-ID")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-POD/cri-containerd-ID.scope")]
    [InlineData("/system.slice/containerd.service/kubepods-burstable-POD:cri-containerd:ID")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope")]
    public void Group_WhereRuntimesMakeItIsBelieved(string path) =>
        Assert.True(ContainerCgroup.Parse($"0::{path.Replace("ID", Id).Replace("POD", Pod)}\n")!.IsOfRuntime(1000));

    [Theory]
    [InlineData("/lxc.payload.evil/ID")]
    [InlineData("/lxc/evil/docker/ID")]
    [InlineData("/lxc.payload.evil/system.slice/docker-ID.scope")]
    [InlineData("/system.slice/evil.service/docker-ID.scope")]
    [InlineData("/system.slice/evil.service/libpod-payload-ID")]
    [InlineData("/system.slice/evil.service/kubepods/ID")]
    [InlineData("/system.slice/ID")]
    [InlineData("/machine.slice/systemd-nspawn@evil.service/payload/docker/ID")]
    [InlineData("/user.slice/docker-ID.scope")]
    [InlineData("/user.slice/evil/docker/ID")]
    [InlineData("/user.slice/user-1001.slice/user@1001.service/user.slice/libpod-ID.scope")]
    [InlineData("/evil/ID")]
    public void Group_ThatOthersCanMakeIsNotBelieved(string path) =>
        Assert.False(ContainerCgroup.Parse($"0::{path.Replace("ID", Id)}\n")!.IsOfRuntime(1000));

    [Fact]
    public void Upper_CaseIsNoId() => Assert.Null(ContainerCgroup.Parse($"0::/docker/{Id.ToUpperInvariant()}\n"));
}
