using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Containers;

/// <summary>Which sockets are asked, in which order.</summary>
public sealed class RuntimeSocketTests
{
    [Theory]
    [InlineData("", "/var/run/docker.sock /run/podman/podman.sock")]
    [InlineData("XDG_RUNTIME_DIR=/run/user/7", "/var/run/docker.sock /run/podman/podman.sock /run/user/7/docker.sock /run/user/7/podman/podman.sock")]
    [InlineData("XDG_RUNTIME_DIR=run/user/7", "/var/run/docker.sock /run/podman/podman.sock")]
    [InlineData("DOCKER_HOST=unix:///tmp/d.sock XDG_RUNTIME_DIR=/run/user/7", "/tmp/d.sock! /run/podman/podman.sock /run/user/7/podman/podman.sock")]
    [InlineData("DOCKER_HOST=unix:///tmp/d.sock CONTAINER_HOST=unix:///tmp/p.sock", "/tmp/d.sock! /tmp/p.sock!")]
    [InlineData("DOCKER_HOST=tcp://10.0.0.1:2375", "tcp://10.0.0.1:2375! /run/podman/podman.sock")]
    [InlineData("DOCKER_HOST=", "/var/run/docker.sock /run/podman/podman.sock")]
    public void Sockets_AreThoseOfTheVariablesOrTheUsualOnes(string variables, string expected)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static v => v.Split('=', 2)).ToDictionary(static v => v[0], static v => v[1]);

        Assert.Equal(expected.Split(' '), RuntimeSocket.FindAll(values.GetValueOrDefault).Select(static s => s.Address + (s.IsNamed ? "!" : "")));
    }

    [Fact]
    public void Socket_ThatIsNotThereIsAskedOnlyIfItIsNamed()
    {
        Assert.False(new RuntimeSocket("/nowhere/docker.sock", IsNamed: false).IsUsable());
        Assert.True(new RuntimeSocket("/nowhere/docker.sock", IsNamed: true).IsUsable());
        Assert.True(new RuntimeSocket("/proc/self/stat", IsNamed: false).IsUsable());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, false)]
    [InlineData(UnixFileMode.OtherWrite, false)]
    [InlineData(UnixFileMode.None, true)]
    public void Socket_ThatOthersCanExchangeIsNotAsked(UnixFileMode right, bool isUsable)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("macipvlan-");
        try
        {
            string path = Path.Combine(folder.FullName, "docker.sock");
            File.WriteAllText(path, "");
            File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | right);

            Assert.Equal(isUsable, new RuntimeSocket(path, IsNamed: false).IsUsable());
            if (isUsable) new RuntimeSocket(path, IsNamed: true).Hold().Dispose();
            else Assert.Throws<UntrustedPathException>(() => new RuntimeSocket(path, IsNamed: true).Hold());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
