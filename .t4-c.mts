import { tryProperties } from "#scripts/campaign/properties.ts";
const {figures,broken}=await tryProperties({seed:Number(process.argv[2]), say: (l)=>console.log(l)}, {runs: Number(process.argv[3])});console.log(figures,broken);
