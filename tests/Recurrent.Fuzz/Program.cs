using Recurrent.Fuzz;

if (FuzzOptions.Parse(args) is not { } options)
{
    Console.WriteLine(FuzzOptions.Usage);
    return 2;
}

return options.Worker is null ? new Supervisor(options).Run() : new Worker(options).Run();
