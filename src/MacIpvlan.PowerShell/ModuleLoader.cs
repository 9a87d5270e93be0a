using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Loads third-party assemblies. All except Tmds.LibC are loaded into a private context, so that this module and others
/// can use different versions of the same packages.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private static readonly PrivateContext s_context = new();

    // Registered once and never removed, because other runspaces can be using the module.
    static ModuleLoader() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <inheritdoc/>
    public void OnImport()
    {
        // PowerShell finds types by name only in loaded assemblies.
        _ = typeof(ContainerNic).Assembly.FullName;
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => name.Name switch
    {
        "MacIpvlan.State" or "MacIpvlan.Runtimes" => s_context.LoadFromAssemblyName(name),
        // Its only user is the core, which is loaded in the default context and so must find it there.
        "Tmds.LibC" when s_context.Find("Tmds.LibC.dll") is string path
            && AssemblyName.GetAssemblyName(path).Version == name.Version => context.LoadFromAssemblyPath(path),
        _ => null,
    };

    private sealed class PrivateContext() : AssemblyLoadContext("MacIpvlan")
    {
        private readonly string _folder =
            Path.Combine(Path.GetDirectoryName(typeof(PrivateContext).Assembly.Location)!, "private");

        // The assembly of the wrong architecture would load too, with wrong constants.
        private readonly string _runtime =
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

        public string? Find(string file) => new[] { Path.Combine(_folder, "runtimes", _runtime, file), Path.Combine(_folder, file) }
            .FirstOrDefault(File.Exists);

        // For other assemblies, above all the core, null selects the default context.
        protected override Assembly? Load(AssemblyName name) =>
            Find(name.Name + ".dll") is string path ? LoadFromAssemblyPath(path) : null;

        protected override nint LoadUnmanagedDll(string name) =>
            Find($"lib{name}.so") is string path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
