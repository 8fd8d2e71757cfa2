using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ledger.App.Jobs;

/// <summary>What a server needs to run jobs by the clock; commands read and order them without.</summary>
internal static class JobSetup
{
    public static void AddJobServer(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<JobClock>().AddSingleton<JobServer>();
        services.AddHostedService(provider => provider.GetRequiredService<JobServer>());
    }
}
