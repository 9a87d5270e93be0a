using System.Reflection;
using System.Runtime.Versioning;
using MacIpvlan.Fleet;
using MacIpvlan.PowerShell;
using MacIpvlan.Runtimes;
using MacIpvlan.State.Sqlite;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests.Architecture;

/// <summary>What each assembly was compiled against.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Core_ReferencesTheFrameworkAndLibCAlone() =>
        Assert.Equal(["Tmds.LibC"], Foreign(typeof(ContainerNic).Assembly));

    [Fact]
    public void State_ReferencesTheCoreAndSqliteAlone() => Assert.Equal(
        ["MacIpvlan", "SQLitePCLRaw.batteries_v2", "SQLitePCLRaw.core"], Foreign(typeof(SqliteStateStore).Assembly));

    [Fact]
    public void Runtimes_ReferenceTheCoreAndTheClientAlone() => Assert.Equal(
        ["Docker.DotNet", "Docker.DotNet.Handler.Abstractions", "MacIpvlan", "Microsoft.Extensions.Logging.Abstractions"], Foreign(typeof(DockerRuntime).Assembly));

    [Fact]
    public void Fleet_ReferencesTheCoreAndTheClientAlone() => Assert.Equal(
        ["MacIpvlan", "Npgsql"], Foreign(typeof(PostgresAddressDatabase).Assembly));

    [Fact]
    public void Yaml_ReferencesTheCoreAndTheParserAlone() => Assert.Equal(
        ["MacIpvlan", "YamlDotNet"], Foreign(typeof(YamlReader).Assembly));

    [Fact]
    public void Cmdlets_ReferenceTheModuleAndPowerShellAlone() => Assert.Equal(
        ["MacIpvlan", "MacIpvlan.Fleet", "MacIpvlan.Runtimes", "MacIpvlan.State", "MacIpvlan.Yaml", "System.Management.Automation"], Foreign(typeof(NetworkCommand).Assembly));

    [Fact]
    public void Assemblies_RunOnWhatPowerShell76RunsOn() => Assert.All(
        (Type[])[typeof(ContainerNic), typeof(SqliteStateStore), typeof(DockerRuntime), typeof(PostgresAddressDatabase), typeof(YamlReader), typeof(NetworkCommand)],
        static t => Assert.Equal(
            ".NETCoreApp,Version=v10.0", t.Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName));

    // Assemblies of the framework itself are there wherever .NET is.
    private static IEnumerable<string> Foreign(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(static r => r.Name!)
        .Where(static n => n == "System.Management.Automation" || !n.StartsWith("System.", StringComparison.Ordinal))
        .Where(static n => n != "Microsoft.Win32.Primitives")
        .Order(StringComparer.Ordinal);
}
