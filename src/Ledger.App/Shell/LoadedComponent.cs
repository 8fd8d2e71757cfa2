using Microsoft.AspNetCore.Components;

namespace Ledger.App.Shell;

/// <summary>
/// A component that reads what it shows before it renders at all. A plain component renders once while it still waits,
/// which a page that is sent whole has no use for.
/// </summary>
public abstract class LoadedComponent : ComponentBase
{
    [CascadingParameter] protected HttpContext Context { get; set; } = null!;

    /// <summary>The reader has gone.</summary>
    protected CancellationToken Gone => Context.RequestAborted;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        // Before anything is awaited: the view is not valid after that.
        parameters.SetParameterProperties(this);
        await Load();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    protected abstract Task Load();
}
