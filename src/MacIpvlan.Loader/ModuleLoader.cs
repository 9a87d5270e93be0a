using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MacIpvlan.Loader;

/// <summary>
/// Loads the module's assemblies from the folder of the processor's architecture, in which they are compiled ahead of
/// time. PowerShell loads this assembly first. Third-party assemblies, and those of ours that use them, are loaded into a
/// private context, so that this module and others can use different versions of the same packages.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private static readonly string s_folder = Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!;

    // Compiled code of the wrong architecture doesn't load, and Tmds.LibC would load with wrong constants.
    private static readonly string s_compiled =
        Path.Combine(s_folder, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64");

    private static readonly PrivateContext s_context = new();

    // Other modules can ask for other versions. To read it from the file would load another assembly.
    private static readonly Version s_libc = new(0, 5, 0, 0);

    private static bool s_isLoaded;

    /// <inheritdoc/>
    // The first runspace loads the assemblies for all. The handler stays, because other runspaces can use the module.
    public void OnImport()
    {
        lock (s_context)
        {
            if (s_isLoaded) return;
            string path = Path.Combine(s_compiled, "MacIpvlan.PowerShell.dll");
            try
            {
                // The manifest's assembly has the same identity without compiled code. The runtime doesn't load it again.
                AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
            }
            catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException)
            {
                throw new InvalidOperationException(
                    $"The module's {path} can't be loaded: {e.Message} If this process has imported another version of the module, "
                    + "start a new process; otherwise install the module again.",
                    e);
            }

            AssemblyLoadContext.Default.Resolving += Resolve;
            s_isLoaded = true;
        }
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => name.Name switch
    {
        // By path: if the file were missing, the context would ask the default context and that again this method.
        "MacIpvlan.State" or "MacIpvlan.Runtimes" or "MacIpvlan.Fleet" or "MacIpvlan.Yaml" =>
            s_context.LoadFromAssemblyPath(Path.Combine(s_compiled, "private", name.Name + ".dll")),
        // The core is loaded in the default context, where PowerShell finds its types, and so is Tmds.LibC, which only the
        // core uses.
        "MacIpvlan" => context.LoadFromAssemblyPath(Path.Combine(s_compiled, "MacIpvlan.dll")),
        "Tmds.LibC" when name.Version == s_libc => context.LoadFromAssemblyPath(Path.Combine(s_compiled, "Tmds.LibC.dll")),
        _ => null,
    };

    private sealed class PrivateContext() : AssemblyLoadContext("MacIpvlan")
    {
        // A dictionary of numbers would have to be compiled first.
        private readonly ConcurrentDictionary<string, object> _libraries = [];

        // For other assemblies, above all the core, null selects the default context.
        protected override Assembly? Load(AssemblyName name) =>
            Find(name.Name + ".dll") is string path ? LoadFromAssemblyPath(path) : null;

        // Asked for each function.
        protected override nint LoadUnmanagedDll(string name)
        {
            if (_libraries.TryGetValue(name, out object? known)) return (nint)known;
            nint library = Find($"lib{name}.so") is string path ? LoadUnmanagedDllFromPath(path) : 0;
            _libraries[name] = library;
            return library;
        }

        private static string? Find(string file)
        {
            string compiled = Path.Combine(s_compiled, "private", file);
            if (File.Exists(compiled)) return compiled;
            string shared = Path.Combine(s_folder, "private", file);
            return File.Exists(shared) ? shared : null;
        }
    }
}
